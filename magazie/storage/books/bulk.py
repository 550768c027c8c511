"""Bulk work: its plans hold what they count, and no row was applied that is not in one."""

from magazie.storage.books.findings import proof

_LINES = "length(CAST({0} AS TEXT)) - length(replace(CAST({0} AS TEXT), char(10), ''))"
_UNDER_WAY = "(j.state = 'waiting' OR j.state = 'running')"
_PLAN_LINES = _LINES.format("f.plan")

PROOFS = (
    proof(
        "file_import",
        """
        SELECT 'file:' || f.id, 'is worked on by job ' || f.job_id || ', which '
            || ifnull('is a ' || j.kind || ' of ' || j.subject, 'is not there')
        FROM file_imports AS f LEFT JOIN jobs AS j ON j.id = f.job_id
        WHERE j.kind IS NOT 'file' OR (SELECT count(*) FROM file_imports AS o
            WHERE o.job_id = f.job_id) > 1
        """,
    ),
    proof(
        "file_import_rows",
        f"""
        SELECT 'file:' || f.id, 'has ' || f.good || ' good rows, ' || f.applied
            || ' behind, ' || f.refused || ' of them refused, and a plan of '
            || ifnull({_PLAN_LINES}, 0)
        FROM file_imports AS f JOIN jobs AS j ON j.id = f.job_id
        WHERE f.applied < 0 OR f.refused < 0 OR f.refused > f.applied OR f.applied > f.good
            OR f.bad < 0 OR f.problem_count < f.refused + f.bad
            OR (f.plan IS NULL AND f.applied > 0)
            OR ({_UNDER_WAY} AND f.plan IS NOT NULL AND {_PLAN_LINES} <> f.good)
            OR ({_UNDER_WAY} AND f.plan IS NULL AND {_LINES.format("f.rows")} <> f.good)
            OR (j.state = 'done' AND f.applied <> CASE
                WHEN f.dry_run = 1 OR (f.skip_bad = 0 AND f.bad > 0) THEN 0 ELSE f.good END)
        """,
    ),
    proof(
        "product_edit",
        f"""
        SELECT 'job:' || e.job_id, 'plans ' || e.planned || ' products, ' || e.applied
            || ' behind, in lines: ' || {_LINES.format("e.plan")}
        FROM product_edits AS e LEFT JOIN jobs AS j ON j.id = e.job_id
        WHERE j.kind IS NOT 'product_edits' OR e.unchanged < 0 OR e.left_count < 0
            OR e.products < e.planned + e.unchanged OR (j.state = 'done' AND e.applied
                <> CASE WHEN j.arguments ->> 'dry_run' THEN 0 ELSE e.planned END)
            OR ({_UNDER_WAY} AND {_LINES.format("e.plan")} <> e.planned)
        """,
    ),
    proof(
        "work_row",
        """
        SELECT 'job:' || w.job_id, 'has applied row ' || w.number || ' of its plan, noted are '
            || ifnull(p.applied, 'none') || ' of ' || ifnull(p.planned, 'none')
        FROM work_rows AS w LEFT JOIN (
            SELECT job_id, applied, good AS planned FROM file_imports
            UNION ALL SELECT job_id, applied, planned FROM product_edits) AS p
        ON p.job_id = w.job_id
        JOIN jobs AS j ON j.id = w.job_id AND j.kind <> 'sync_switches'
        WHERE p.job_id IS NULL OR w.number NOT BETWEEN p.applied AND p.planned - 1
        """,
    ),
)
