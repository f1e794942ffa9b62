"""How a plan's document says where its expected share p is taken from."""

from sync.central.figures.earlier_shares import EarlierShare
from sync.contract.text import pick


def share_source(earlier: EarlierShare | None) -> str:
    """The earlier plan and group with the share and its n; "" for nothing. Pure."""
    if earlier is None:
        return ""
    number = earlier.plan.number
    named = f"Kế hoạch số {number}" if number else f"“{pick(earlier.plan.title, 'vi')}”"
    said = f"kết quả {named}, {pick(earlier.group.name, 'vi')}: {earlier.share.words()}"
    return said.replace("\N{NO-BREAK SPACE}", " ")
