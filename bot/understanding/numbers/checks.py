"""Check digits: one function for each rule, true when the number keeps it."""

from collections.abc import Callable

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_CONTAINER_DIGITS = 10


def s10(number: str) -> bool:
    """UPU S10: eight weighted digits, modulo 11, with 10 written 0 and 11 written 5."""
    total = sum(int(digit) * weight for digit, weight in zip(number[2:10], _S10_WEIGHTS, strict=True))
    check = 11 - total % 11
    return int(number[10]) == {10: 0, 11: 5}.get(check, check)


def gs1(number: str) -> bool:
    """GS1 modulo 10, weights 3 and 1 from the right, check digit included."""
    body = number[-2::-1]
    total = 3 * sum(map(int, body[::2])) + sum(map(int, body[1::2]))
    return (total + int(number[-1])) % 10 == 0


def colissimo(number: str) -> bool:
    """Colissimo: the GS1 rule over what follows the two characters of the product."""
    return gs1(number[2:])


def mawb(number: str) -> bool:
    """Master air waybill: the seven-digit serial modulo 7."""
    return int(number[-8:-1]) % 7 == int(number[-1])


def dhl_express(number: str) -> bool:
    """DHL Express: the first nine digits modulo 7."""
    return int(number[:9]) % 7 == int(number[9])


def dpd(number: str) -> bool:
    """DPD: ISO 7064 modulo 37,36 over fourteen digits; the check character may be a letter."""
    product = 36
    for char in number[:14]:
        total = (product + int(char)) % 36 or 36
        product = total * 2 % 37
    return (product + _ALPHABET.index(number[14])) % 36 == 1


def ups(number: str) -> bool:
    """UPS 1Z: letters count as (ASCII - 3) mod 10, every second value is doubled, modulo 10."""
    values = [int(char) if char.isdigit() else (ord(char) - 3) % 10 for char in number[2:17]]
    total = sum(values[::2]) + 2 * sum(values[1::2])
    return (total + int(number[17])) % 10 == 0


def iso6346(number: str) -> bool:
    """ISO 6346 container: letters from 10 up without multiples of 11, powers of two, modulo 11 modulo 10."""
    total = sum(_container_value(char) << place for place, char in enumerate(number[:10]))
    return total % 11 % _CONTAINER_DIGITS == int(number[10])


def _container_value(char: str) -> int:
    value = _ALPHABET.index(char)
    # 11, 22 and 33 are left out, so each letter range moves up by one more.
    return value if value < _CONTAINER_DIGITS else value + (value - 1) // 10


def _none(_number: str) -> bool:
    return True


def _mistyped(_number: str) -> bool:
    return False


CHECKS: dict[str, Callable[[str], bool]] = {
    "": _none,
    "mistyped": _mistyped,
    "s10": s10,
    "gs1": gs1,
    "colissimo": colissimo,
    "mawb": mawb,
    "dhl_express": dhl_express,
    "dpd": dpd,
    "ups": ups,
    "iso6346": iso6346,
}
