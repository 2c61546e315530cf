"""Reads the call's vectors without a line of this project's code: python3 verify.py (PyPI cryptography 48).

Frames, chunks, dealings and releases are done again from docs/frames.md and docs/tape.md, what is ours of the group from
docs/group.md. HPKE, CBOR and Shamir's
arithmetic come from the verifier of the sealed bodies (core/open/tests/independent/verify.py), which runs first.
"""

import hmac
import json
import pathlib
import re
import sys

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

HERE = pathlib.Path(__file__).resolve().parent
CORE = HERE.parent.parent.parent
sys.path.insert(0, str(CORE / "open/tests/independent"))

from verify import capsules, cbor, derive, inverse, multiply, open_hpke, receive_seed, sha256, unhex, xwing_public  # noqa: E402


def vector(path):
    return json.loads((CORE / path).read_text())


def number(value, size):
    return value.to_bytes(size, "big")


# SFrame (RFC 9605 §4), suite 5.


def short(value):
    return b"" if value < 8 else number(value, (value.bit_length() + 7) // 8)


def field(value):
    return value if value < 8 else 8 | len(short(value)) - 1


def seal(base, kid, counter, plain):
    prk = HKDF.extract(hashes.SHA512(), b"", base)

    def expand(label, length):
        return HKDFExpand(hashes.SHA512(), length, label + number(kid, 8) + number(5, 2)).derive(prk)

    key, salt = expand(b"SFrame 1.0 Secret key ", 32), expand(b"SFrame 1.0 Secret salt ", 12)
    nonce = bytes(a ^ b for a, b in zip(salt, number(counter, 12)))
    header = bytes([field(kid) << 4 | field(counter)]) + short(kid) + short(counter)
    return header + AESGCM(key).encrypt(nonce, plain, header)


def check_frames():
    v = vector("secure-call/tests/vectors/frames.json")
    assert v["exporter_label"] == "SFrame 1.0 Base Key"
    for frame in v["frames"]:
        kid = frame["context"] << 20 | frame["leaf"] << 8 | frame["epoch"] & 255
        assert kid == frame["key_id"]
        sealed = seal(unhex(v["base"]), kid, frame["counter"], unhex(frame["opus"]))
        assert sealed.hex() == frame["sealed"]


def record(header, index, body):
    check = sha256(b"chancery/tape-record/1", sha256(header), number(index, 4), body)[:4]
    return number(len(body), 2) + body + check


def check_tape():
    v = vector("seal/tests/vectors/tape.json")
    members = [(0, 0xA1), (1, 0xB2), (5, 0xC3)]
    roster = sha256(cbor(["chancery/tape-roster/1", [[leaf, bytes([byte] * 32)] for leaf, byte in members]]))
    assert roster.hex() == v["roster"]
    before = bytes(32)
    for at, chunk in enumerate(v["chunks"]):
        began = number(1_700_000_000_000 + at * 10_000, 8)
        header = b"chancery/tape-chunk/1" + unhex(v["desk"]) + unhex(v["package"]) + number(at, 4) + before + began
        header += sha256(header)[:4]
        epoch = b"\2" + number(0, 4) + bytes([0x66] * 32) + number(3, 8)
        epoch += b"".join(number(leaf, 2) + bytes([byte] * 32) for leaf, byte in members)
        bodies = [epoch]
        for after, leaf, byte in ((0, 0, 1), (20, 1, 2), (40, 0, 3)):
            bodies.append(b"\1" + number(after, 4) + number(leaf, 2) + bytes([byte] * 120))
        bodies.append(b"\3" + number(40, 4) + number(len(bodies), 4))
        made = header + b"".join(record(header, index, body) for index, body in enumerate(bodies))
        assert made.hex() == chunk
        before = sha256(made)
    assert v["end"] == {"chunks": len(v["chunks"]), "last": before.hex()}


def combined(shares):
    """Lagrange's interpolation at zero over GF(2^8)."""
    out = bytearray(32)
    for x, y in shares.items():
        factor = 1
        for other in shares:
            if other != x:
                factor = multiply(factor, multiply(other, inverse(other ^ x)))
        out = bytes(a ^ multiply(factor, b) for a, b in zip(out, y))
    return out


def check_dealing():
    v = vector("secure-call/tests/vectors/dealing.json")
    name = [unhex(v[part]) for part in ("desk", "package", "group")] + [v["epoch"], unhex(v["roster"])]
    assert cbor([v["exporter_label"], *name]).hex() == v["exporter_context"]
    assert v["exporter_label"] == "chancery tape dealing"
    dealt = unhex(v["dealt"])
    committed = re.findall(rb"\x6acommitment\x58\x20(.{32})\x65share", dealt, re.DOTALL)
    opened = {}
    for x, ((enc, sealed), commitment) in enumerate(zip(capsules(dealt), committed, strict=True), 1):
        custodian = bytes([0xC0 + x] * 16)
        seed = receive_seed(unhex(v["vault_secrets"][x - 1]), [name[0], {"Person": custodian}, 2])
        share = [*name, 3, custodian, x]
        opened[x] = open_hpke(seed, enc, sealed, cbor(["chancery/tape-share-dealt/1", *share, 2]))
        assert sha256(cbor(["chancery/tape-share-commitment/1", *share]), opened[x]) == commitment
    for chosen in ((1, 2, 3), (1, 3, 5), (2, 4, 5)):
        assert combined({x: opened[x] for x in chosen}).hex() == v["base"]
    assert combined({x: opened[x] for x in (1, 2)}).hex() != v["base"]
    parts = ["chancery/tape-base/1", *name]
    commitment = sha256(cbor([parts, derive(unhex(v["base"]), b"", parts)]))
    assert b"\x64base\x58\x20" + commitment in dealt
    device = re.search(rb"\x66Device\x58\x20(.{32})", unhex(v["released"][0]), re.DOTALL).group(1)
    for x, released in zip((1, 3, 5), v["released"], strict=True):
        [(enc, sealed)] = capsules(unhex(released))
        share = [*name, 3, bytes([0xC0 + x] * 16), x]
        info = cbor(["chancery/tape-share-released/1", *share, device, unhex(v["asked"])])
        assert open_hpke(unhex(v["asker"])[32:], enc, sealed, info) == opened[x]


def check_group():
    v = vector("secure-call/tests/vectors/group.json")
    leaf = v["leaf_cert"]
    cert = {name: unhex(leaf[name]) for name in ("desk", "package", "party", "device", "leaf_key")}
    cert["not_after_ms"] = leaf["not_after_ms"]
    covered = cbor(["chancery/leaf-cert/1", *cert.values()])
    assert covered.hex() == leaf["covered"]
    signer = ed25519.Ed25519PrivateKey.from_private_bytes(unhex(leaf["device_secret"])[:32])
    signature = signer.sign(covered)
    assert cbor({"cert": cert, "signature": signature}).hex() == leaf["bytes"]
    keys = signer.public_key().public_bytes_raw(), xwing_public(unhex(leaf["device_secret"])[32:])
    assert sha256(b"chancery/device/1", *keys) == cert["device"]

    words = v["safety_words"]
    place = [unhex(words["desk"]), unhex(words["package"]), unhex(words["group"]), words["epoch"]]
    rows = [[row["leaf"], *(unhex(row[name]) for name in ("party", "device", "leaf_key"))] for row in words["roster"]]
    assert sha256(cbor(["chancery/safety-roster/1", *place, rows])).hex() == words["exporter_context"]
    assert words["exporter_label"] == "chancery safety words"
    nonces = [[leaf, unhex(nonce)] for leaf, nonce in zip((row["leaf"] for row in words["roster"]), words["nonces"])]
    commitments = [
        sha256(cbor(["chancery/safety-nonce/1", *place, row[0], row[2], nonce])).hex()
        for row, (_, nonce) in zip(rows, nonces, strict=True)
    ]
    assert commitments == words["commitments"]
    mac = hmac.digest(unhex(words["secret"]), cbor(["chancery/safety-words/1", nonces]), "sha256")
    listed = re.findall(r'"([a-z]+)"', (CORE / "seal/src/words.rs").read_text().split("pub const WORDS")[1])
    assert len(listed) == 256
    assert [listed[byte] for byte in mac[:5]] == words["words"]

    said = v["epoch_statement"]
    state = sha256(cbor(["chancery/epoch-authenticator/1", unhex(said["authenticator"])]))
    assert state.hex() == said["state"]
    covered = cbor(["chancery/epoch-state/1", *place[:3], said["leaf"], said["epoch"], state])
    assert covered.hex() == said["covered"]


for check in (check_frames, check_tape, check_dealing, check_group):
    check()
    print(check.__name__.removeprefix("check_"), "agrees")
