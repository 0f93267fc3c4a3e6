"""The pages of the ombuds service and of the data protection officer: nothing is turned round, asked too little, or left unsaid."""

from tests.desk.conftest import Desk
from tests.portals.conftest import Visitor
from unidossier.kernel.uuid7 import new_id


def test_a_wish_sent_twice_is_not_turned_round(desk: Desk, visitor: Visitor) -> None:  # DTH-3
    ombuds = visitor(desk.workers["ombuds"].person)
    path = f"/desk/about/{desk.patient}/objection/"
    assert 'name="objects" value="yes"' in ombuds.get(path).content.decode()
    for _ in range(2):
        assert ombuds.post(path, objects="yes").status_code == 302
    assert 'name="objects" value="no"' in ombuds.get(path).content.decode()


def test_somebody_else_who_asks_says_who_and_where_the_answer_goes(desk: Desk, visitor: Visitor) -> None:
    ombuds = visitor(desk.workers["ombuds"].person)
    path = f"/desk/about/{desk.patient}/request/"
    told = {"made": str(new_id()), "kind": "overview", "channel": "letter", "text": "Who opened it in May?"}
    page = ombuds.post(path, **told, asker="other").content.decode()
    assert "Write who asks." in page and "Write an address" in page
    assert "Write an address" not in ombuds.post(path, **told, asker="representative").content.decode()
    assert ombuds.post(path, **told, asker="patient").status_code == 302


def test_a_setting_changed_meanwhile_is_told_with_who_and_what(desk: Desk, visitor: Visitor) -> None:
    officer = visitor(desk.workers["data-protection-officer"].person)
    path = "/desk/settings/length.stay/"
    told = {"unit": "months", "reason": "Decided by the board", "expected": "3 months"}
    assert officer.post(path, count="2", **told).status_code == 302
    page = officer.post(path, count="4", **told).content.decode()
    assert "3 months → 2 months. Reason: Decided by the board" in page
    assert "3 months → 2 months" in officer.get("/desk/settings/").content.decode()


def test_a_task_of_another_kind_is_no_proposal(desk: Desk, visitor: Visitor) -> None:
    """Each page of a task is asked for a task that another page is for."""
    worker = desk.workers["data-protection-officer"]
    desk.world.run(
        """INSERT INTO cases.rights_proposal (id, base, changes, from_at, reason, made_by, entry_id)
        VALUES (gen_random_uuid(), 1, '[]', now(), 'a proposal of the test', %s, 0)""",
        worker.person,
    )
    officer = visitor(worker.person)
    task = desk.task(function="data-protection-officer", kind="case")
    assert officer.get(f"/desk/rights/task/{task}/").status_code == 404
