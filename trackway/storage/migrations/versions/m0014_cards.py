"""Items as lines of text, most of which many items share."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_SQLITE = """
UPDATE item SET body = json_array(
    json_extract(body, '$[0]'), json_extract(body, '$[1]'), json_extract(body, '$[2]'), json_extract(body, '$[3]')
) || COALESCE((
    SELECT group_concat(char(10) || substr(time, 1, 10) || char(10) || substr(time, 12) || char(10) || said, '')
    FROM (SELECT value ->> 0 AS time, json_remove(value, '$[0]') AS said FROM json_each(body, '$[4]') ORDER BY key)
), '')
"""
_POSTGRES = """
UPDATE item SET body = json_build_array(body::json -> 0, body::json -> 1, body::json -> 2, body::json -> 3)
|| COALESCE((
    SELECT string_agg(concat_ws(chr(10), '', substr(scan ->> 0, 1, 10), substr(scan ->> 0, 12),
        CASE json_array_length(scan)
            WHEN 3 THEN json_build_array(scan -> 1, scan -> 2)
            ELSE json_build_array(scan -> 1, scan -> 2, scan -> 3)
        END
    ), '' ORDER BY place)
    FROM json_array_elements(body::json -> 4) WITH ORDINALITY AS scans(scan, place)
), '')
"""


def upgrade() -> None:
    op.execute(_POSTGRES if op.get_bind().dialect.name == "postgresql" else _SQLITE)
