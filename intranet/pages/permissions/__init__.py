"""The permission policies of the Wagtail admin: the grants on networks, one condition per query.

Nobody is above them: a superuser's title opens no section.
"""

from __future__ import annotations


def register() -> None:
    """Replace Wagtail's policies; called once when the app is ready.

    Exact classes win whatever the order in which the apps become ready.
    """
    import wagtail.models
    import wagtail.models.pages
    from django.contrib.auth.models import Group
    from wagtail.contrib.redirects.models import Redirect
    from wagtail.models import Collection, Page
    from wagtail.permissions import register_permission_policy

    from intranet.accounts.models import User
    from intranet.pages.models import GuardedDocument, GuardedImage, Topic
    from intranet.pages.permissions.files import FilePolicy, NobodyPolicy
    from intranet.pages.permissions.office import AccountPolicy, OfficePolicy
    from intranet.pages.permissions.pages import SectionPagePolicy
    from intranet.pages.permissions.redirects import RedirectPolicy
    from intranet.pages.permissions.tester import SectionPageTester

    register_permission_policy(Page, SectionPagePolicy(Page))
    register_permission_policy(GuardedDocument, FilePolicy(GuardedDocument), exact_class=True)
    register_permission_policy(GuardedImage, FilePolicy(GuardedImage), exact_class=True)
    register_permission_policy(Collection, NobodyPolicy(Collection), exact_class=True)
    register_permission_policy(Group, NobodyPolicy(Group), exact_class=True)
    register_permission_policy(User, AccountPolicy(User), exact_class=True)
    register_permission_policy(Topic, OfficePolicy(Topic), exact_class=True)
    register_permission_policy(Redirect, RedirectPolicy(Redirect), exact_class=True)
    # Page.permissions_for_user builds it by this name; overriding the method on our page types would cost listings
    # of plain pages a query per row, and stock testers let superusers through.
    wagtail.models.pages.PagePermissionTester = SectionPageTester
    wagtail.models.PagePermissionTester = SectionPageTester
