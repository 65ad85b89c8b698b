"""What one part of the configuration says of another: codes exist, names are unique."""

from collections import Counter
from collections.abc import Iterable

from bot.settings.model import Settings


def check_references(settings: Settings, where: str) -> list[str]:
    """Problem lines for doubled names and for codes that nothing defines."""
    problems = [
        *_doubled(where, "partners", (p.code for p in settings.partners)),
        *_alike(where, "partners", {p.code for p in settings.partners}),
        *_doubled(where, "feeds", (f.name for f in settings.feeds)),
        *_doubled(where, "adapters", (str(a.get("name", "")) for a in settings.adapters)),
    ]
    partners = {p.code for p in settings.partners}
    adapters = {str(a.get("name", "")) for a in settings.adapters}
    for index, adapter in enumerate(settings.adapters):
        for key in ("name", "type"):
            if not isinstance(adapter.get(key), str) or not adapter[key]:
                problems.append(f"{where}: adapters[{index}].{key}: is missing; add it")
        problems += _unknown(where, f"adapters[{adapter.get('name', index)}].partner", adapter.get("partner"), partners)
    for contact in settings.contacts:
        problems += _unknown(where, f"contacts[{contact.name}].partner", contact.partner, partners)
        for name in contact.addresses:
            problems += _unknown(where, f"contacts[{contact.name}].addresses", name, adapters)
    for feed in settings.feeds:
        problems += _unknown(where, f"feeds[{feed.name}].partner", feed.partner, partners)
    return [*problems, *_desk(settings, where, adapters)]


def _desk(settings: Settings, where: str, adapters: set[str]) -> Iterable[str]:
    """The desk reads what every partner asks, so it is made of operator staff alone."""
    roles = {contact.name: contact.role for contact in settings.contacts}
    for name in settings.cases.desk:
        adapter, colon, address = name.partition(":")
        if roles.get(name) == "partner":
            yield f"{where}: cases.desk: {name!r} is a partner's contact; name operator staff, who see every partner"
        elif name not in roles and not (colon and address and adapter in adapters):
            known = ", ".join(sorted(name for name, role in roles.items() if role != "partner")) or "none"
            yield f"{where}: cases.desk: {name!r} is nobody; write a contact's name ({known}) or ADAPTER:ADDRESS"


def _doubled(where: str, section: str, names: Iterable[str]) -> list[str]:
    return [
        f"{where}: {section}: {name!r} stands {count} times; give each entry its own name"
        for name, count in Counter(names).items()
        if count > 1
    ]


def _alike(where: str, section: str, codes: Iterable[str]) -> list[str]:
    """Codes people would take for one another."""
    spellings: dict[str, list[str]] = {}
    for code in sorted(codes):
        spellings.setdefault(code.casefold(), []).append(code)
    return [
        f"{where}: {section}: {' and '.join(map(repr, same))} differ only in upper and lower case; rename all but one"
        for same in spellings.values()
        if len(same) > 1
    ]


def _unknown(where: str, key: str, value: object, known: set[str]) -> list[str]:
    if value is None or value in known:
        return []
    return [f"{where}: {key} = {value!r}: is not defined; known: {', '.join(sorted(known)) or 'none'}"]
