"""Projects: one brand each."""

from __future__ import annotations

from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text
from tidewheel.serve.access import Admin, AnyAsker, Here, Owner, Viewer
from tidewheel.serve.api.fields import Body, Currency, Done, Holidays, Moment, Name, Reply, WeekStart, Zone
from tidewheel.serve.routes import Router
from tidewheel.store.catalog import Project, Role, projects

router = Router(prefix="/projects", tags=["projects"])


class NewProject(Body):
    """A brand to add."""

    name: Name
    time_zone: Zone = "Asia/Shanghai"
    currency: Currency = "CNY"
    week_start: WeekStart = 0
    holidays: Holidays | None = None


class ProjectChanges(Body):
    """What to change. Days are cut anew in the new time zone at once."""

    name: Name | None = None
    time_zone: Zone | None = None
    currency: Currency | None = None
    week_start: WeekStart | None = None
    holidays: Holidays | None = None


class ProjectReply(Reply):
    """One project, and what the asker is in it."""

    id: str
    name: str
    role: Role
    time_zone: str
    currency: str
    week_start: int
    holidays: str
    created_at: Moment


class ProjectList(Reply):
    """The projects the asker can see, oldest first."""

    projects: list[ProjectReply]


@router.get("")
def list_projects(asker: AnyAsker, installation: Here) -> ProjectList:
    """List the projects one can see."""
    with installation.catalog.read() as db:
        seen = [(project, asker.role_in(project.id)) for project in projects.listed(db)]
    return ProjectList(projects=[_describe(project, role) for project, role in seen if role])


@router.post("", status_code=201)
def add_project(body: NewProject, asker: Admin, installation: Here) -> ProjectReply:
    """Add a project; its id is made from its name."""
    now = installation.clock()
    with installation.catalog.write() as db:
        project = projects.add(db, **body.model_dump(), now=now)
        asker.note(db, now, "project_added", project.id, project.id)
        return _describe(project, "owner")


@router.get("/{project}")
def get_project(place: Viewer) -> ProjectReply:
    """Return one project."""
    return _describe(place.project, place.role)


@router.patch("/{project}")
def change_project(body: ProjectChanges, place: Owner, installation: Here) -> ProjectReply:
    """Change a project's name, time zone, currency, first day of the week or holidays."""
    changes = body.model_dump(exclude_none=True)
    with installation.catalog.write() as db:
        project = projects.get(db, place.project.id)
        for name, value in changes.items():
            setattr(project, name, value)
        place.asker.note(db, installation.clock(), "project_changed", project.id, project.id, **changes)
        return _describe(project, place.role)


@router.delete("/{project}")
def remove_project(asker: Admin, place: Owner, confirm: str = "") -> Done:
    """Delete a project with all its facts, for good; ``confirm`` must repeat its id."""
    if confirm != place.project.id:
        raise BadInput(
            "not_confirmed",
            Text("Deleting a project cannot be undone.", "删除项目后无法恢复。"),
            field="confirm",
            got=confirm,
            expected=place.project.id,
            hint=Text("Repeat the project's id in confirm.", "请在 confirm 中再次填写项目编号。"),
        )
    place.installation.delete(place.project.id)
    with place.installation.catalog.write() as db:
        asker.note(db, place.installation.clock(), "project_removed", place.project.id)
    return Done()


def _describe(project: Project, role: Role) -> ProjectReply:
    return ProjectReply(
        id=project.id,
        name=project.name,
        role=role,
        time_zone=project.time_zone,
        currency=project.currency,
        week_start=project.week_start,
        holidays=project.holidays,
        created_at=project.created_at,
    )
