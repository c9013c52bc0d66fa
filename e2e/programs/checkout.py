"""A busy program in Python that profiles itself: checkout.py <server>, runs until it is stopped."""

import hashlib
import sys
import zlib

import pyroscope


def sign_payload(payload: bytes) -> bytes:
    for _ in range(40_000):
        payload = hashlib.sha256(payload).digest()
    return payload


def compress_invoice(payload: bytes) -> int:
    size = 0
    for round_number in range(1_500):
        size += len(zlib.compress(payload * 40 + bytes([round_number % 256]), 9))
    return size


def reserve_stock(item: int) -> int:
    stock = item
    for unit in range(200_000):
        stock = (stock * 31 + unit) % 1_000_003
    return stock


def checkout(item: int) -> int:
    stock = reserve_stock(item)
    signature = sign_payload(str(stock).encode())
    return compress_invoice(signature)


def main() -> None:
    pyroscope.configure(application_name="checkout-python", server_address=sys.argv[1])
    item = 0
    while True:
        checkout(item)
        item += 1


main()
