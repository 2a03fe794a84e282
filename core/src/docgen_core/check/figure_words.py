"""The words around figures in the five languages of the shell: units, connecting words, labels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["CONNECTED", "CONNECTING", "GENERIC", "LABELS", "MODIFIERS", "MULTIPLES", "UNITS"]

_UNIT_WORDS: Final = {
    "%": "% percent prozent パーセント",
    "eur": "€ eur euro euros ユーロ",
    "usd": "$ usd dollar dollars dólares ドル",
    "gbp": "£ gbp pound pounds",
    "chf": "chf franken",
    "jpy": "¥ jpy yen 円",
    "second": "s sec second seconds sekunde sekunden seconde secondes segundo segundos 秒",
    "minute": "min minute minutes minuten minuto minutos 分",
    "hour": "h hour hours stunde stunden heure heures hora horas 時間",
    "day": "day days tag tage tagen jour jours día días 日",
    "week": "week weeks woche wochen semaine semaines semana semanas 週間 週",
    "month": "month months monat monate monaten mois mes meses か月 ヶ月 カ月",
    "year": "year years jahr jahre jahren an ans année années año años 年",
}
#: What each spelling of a unit stands for.
UNITS: Final[Mapping[str, str]] = MappingProxyType(
    {word: unit for unit, words in _UNIT_WORDS.items() for word in words.split()}
)
MULTIPLES: Final[Mapping[str, int]] = MappingProxyType(
    {"k": 10**3, "m": 10**6, "million": 10**6, "millions": 10**6, "mio": 10**6, "万": 10**4}
)
#: What stands before a number and does not change which figure it is.
MODIFIERS: Final = re.compile(
    r"(?:\b(?:about|around|approximately|approx\.?|roughly|ca\.?|at least|at most|up to|less than|"
    r"more than|under|over|below|above|only|max\.?|min\.?|etwa|rund|mindestens|höchstens|bis zu|"
    r"unter|über|environ|au moins|au plus|moins de|plus de|unos|unas|al menos|como máximo|"
    r"menos de|más de|alrededor de)|約|最大|最低|[<>≤≥~≈+±])\s*$",
    re.IGNORECASE,
)
#: What stands between the name of a figure and its value.
CONNECTING: Final = re.compile(
    r"(?:\s*[:=\uff1a]\s*|\s+(?:is|are|was|of|at|will be|is set to|stands at|ist|sind|war|beträgt|"
    r"von|bei|liegt bei|est|sont|sera|est de|de|es|son|será|es de|asciende a)\s+|\s*[はがも]\s*)$",
    re.IGNORECASE,
)
#: Words that are no part of a name before them or after them.
CONNECTED: Final = frozenset(
    """
    a an and are as at be but by during each every for from has have her his in into is it its of on
    or our per than that the their then this those these to was we were when which while will with
    within without your needs takes costs must may can should only
    am auf aus bei bis das dass dem den der des die dieser diese dieses durch ein eine einem einen
    einer eines für im in ist mit nach oder sich sind um und unser unsere vom von vor war wird zu
    zum zur kostet dauert
    au aux avec ce cette ces dans de des du elle en est et il la le les leur notre ou par pour sa
    ses son sont sur un une dure coûte
    al ante como con cada de del el ella en es esta este la las los lo para por que se sin su sus un
    una y cuesta dura
    total overall planned available approved estimated whole gesamt gesamte geplante verfügbare
    """.split()  # noqa: SIM905 - as a list literal it would fill a screen
)
#: Names of figures that stand right before their value, without a word between.
LABELS: Final = frozenset(
    """
    budget deadline target baseline cost costs price duration effort goal headcount
    frist ziel zielwert ausgangswert kosten preis dauer aufwand
    cible objectif coût coûts prix durée délai
    presupuesto plazo meta objetivo coste costo precio duración
    予算 目標 目標値 期限 費用
    """.split()  # noqa: SIM905
)
#: Names that each item may have anew: without an id they are no one figure of the pack.
GENERIC: Final = frozenset(
    """
    age amount baseline cost costs count day days duration effort example frequency goal number page
    percentage phase price score section share size step target time total value version week weeks
    year minute minutes hour hours month months level priority rank slide chapter result results
    alter anzahl anteil aufwand ausgangswert beispiel dauer frist häufigkeit jahr kosten phase preis
    schritt seite stunde stunden tag tage wert woche wochen ziel zielwert zeit priorität version
    cible coût coûts durée délai effort étape exemple fréquence jour jours montant nombre objectif
    page part phase prix semaine semaines temps total valeur âge priorité
    cantidad coste costo día días duración ejemplo edad esfuerzo etapa fase frecuencia meta número
    objetivo página paso plazo precio semana semanas tiempo valor versión prioridad
    目標 目標値 期限 期間 費用 時間 年齢 基準 基準値 値 数 頻度
    """.split()  # noqa: SIM905
)
