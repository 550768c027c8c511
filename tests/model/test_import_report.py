from magazie.model.matching import MatchAction, MatchReason, ShopItem, Verdict
from magazie.sync.import_report import ROWS_IN_RESULT, ImportResult

CREATED = Verdict(MatchAction.CREATE, MatchReason.NOTHING_ALIKE)
LEFT = Verdict(MatchAction.ASK, MatchReason.SEVERAL_PRODUCTS)
KEPT = Verdict(MatchAction.KEEP, MatchReason.LINKED, 1)


def test_what_a_person_must_see_is_named_before_the_rest() -> None:
    result = ImportResult()
    for number in range(ROWS_IN_RESULT + 20):
        result.add(ShopItem(str(number), "A", ""), CREATED)
    for number in range(1000, 1003):
        result.add(ShopItem(str(number), "A", ""), LEFT)
    result.add(ShopItem("9", "A", ""), KEPT)
    assert (result.created, result.left, result.kept) == (ROWS_IN_RESULT + 20, 3, 1)
    assert len(result.rows) == ROWS_IN_RESULT
    asked = [row.external_id for row in result.rows if row.action is MatchAction.ASK]
    assert asked == ["1000", "1001", "1002"]
    for number in range(2000, 2000 + 2 * ROWS_IN_RESULT):
        result.add(ShopItem(str(number), "A", ""), LEFT)
    assert {row.action for row in result.rows} == {MatchAction.ASK}
    assert len(result.rows) == ROWS_IN_RESULT
