"""Pictures of answers, as Altair charts: they open in a notebook and save to PNG, SVG and HTML.

from aide_am.plots import amount_map
chart = amount_map(dossier)
chart.save("carte.png", scale_factor=2)
chart.save("carte.html", inline=True)  # inline: the file then needs no network

Labels are French, numbers in French format. Colours are blue and orange, told apart by colour-blind
readers, and every state is also written. A simulated barème, a reading other than the default one and the
nature of the sources stand on the picture. What is drawn is aggregated first: a chart of a million rows
holds some dozens of values. A notebook without network shows them with `alt.renderers.enable("svg")`.
"""

from ..errors import AideAmError

WITHOUT_EXTRA = (
    "les graphiques demandent des bibliothèques qui ne sont pas installées : "
    'lancez pip install "aide-am[plots]".'
)
try:
    import altair  # noqa: F401
except ImportError as error:
    raise AideAmError(WITHOUT_EXTRA) from error

from .contract import amount_map, schedule_chart  # noqa: E402  after the check
from .distribution import distribution_chart  # noqa: E402
from .employment import employment_chart, treasury_chart  # noqa: E402
from .spend import spend_chart  # noqa: E402

__all__ = [
    "amount_map",
    "distribution_chart",
    "employment_chart",
    "schedule_chart",
    "spend_chart",
    "treasury_chart",
]
