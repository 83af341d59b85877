"""The text of documents, which search finds.

``formats`` read it in a process of their own (``python -m intranet.pages.extraction``), which nothing of the site is
loaded into and which ``confinement`` leaves neither time, memory, network nor files beyond the one on its standard
input; ``reading`` starts and ends that process, and believes nothing it writes unseen; ``services`` find out what is
due, keep the text and write it into the search entries.
"""
