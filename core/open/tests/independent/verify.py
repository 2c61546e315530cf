"""Reads the vectors beside it without a line of this project's code: python3 verify.py (PyPI cryptography 48).

Every construction of docs/seal.md is done again from its description: CBOR by the few lines below, HKDF, AES-GCM,
Argon2id, ML-KEM-768 and X25519 by the library, X-Wing, HPKE's key schedule and Shamir's arithmetic by hand.
"""

import base64
import hashlib
import hmac
import json
import pathlib
import re

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, mlkem, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

HERE = pathlib.Path(__file__).resolve().parent
CRATES = HERE.parent.parent.parent
unhex = bytes.fromhex


def vector(name):
    return json.loads((HERE.parent / "vectors" / name).read_text())


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def cbor_head(major, number):
    for bits, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 24:
            return bytes([major << 5 | number])
        if number < 1 << 8 * size:
            return bytes([major << 5 | bits]) + number.to_bytes(size, "big")


def cbor(value):
    if isinstance(value, int):
        return cbor_head(0, value)
    if isinstance(value, bytes):
        return cbor_head(2, len(value)) + value
    if isinstance(value, str):
        return cbor_head(3, len(value)) + value.encode()
    if isinstance(value, list):
        return cbor_head(4, len(value)) + b"".join(map(cbor, value))
    return cbor_head(5, len(value)) + b"".join(cbor(k) + cbor(v) for k, v in value.items())


def derive(secret, salt, info):
    return HKDF(hashes.SHA256(), 32, salt, cbor(info)).derive(secret)


def open_aes(key, ciphertext, associated_data):
    return AESGCM(key).decrypt(bytes(12), ciphertext, associated_data)


# X-Wing (draft-connolly-cfrg-xwing-kem) and HPKE base mode (RFC 9180 §5.1).


def xwing(seed):
    expanded = hashlib.shake_256(seed).digest(96)
    return (
        mlkem.MLKEM768PrivateKey.from_seed_bytes(expanded[:64]),
        x25519.X25519PrivateKey.from_private_bytes(expanded[64:]),
    )


def xwing_public(seed):
    return b"".join(half.public_key().public_bytes_raw() for half in xwing(seed))


def decapsulate(seed, enc):
    ours_m, ours_x = xwing(seed)
    shared_m = ours_m.decapsulate(enc[:1088])
    shared_x = ours_x.exchange(x25519.X25519PublicKey.from_public_bytes(enc[1088:]))
    public_x = ours_x.public_key().public_bytes_raw()
    return hashlib.sha3_256(shared_m + shared_x + enc[1088:] + public_x + rb"\.//^" + b"\\").digest()


def open_hpke(seed, enc, ciphertext, info):
    suite = b"HPKE" + unhex("647a" "0001" "0002")

    def extract(salt, label, ikm):
        return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + ikm, "sha256")

    def expand(prk, label, context, length):
        labelled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + context
        return HKDFExpand(hashes.SHA256(), length, labelled).derive(prk)

    context = b"\0" + extract(b"", b"psk_id_hash", b"") + extract(b"", b"info_hash", info)
    secret = extract(decapsulate(seed, enc), b"secret", b"")
    key, nonce = expand(secret, b"key", context, 32), expand(secret, b"base_nonce", context, 12)
    return AESGCM(key).decrypt(nonce, ciphertext, b"")


def capsules(bundle):
    """Each (enc, sealed) of a bundle, found by their CBOR keys and lengths."""
    found = re.findall(rb"\x63enc\x59\x04\x60(.{1120})\x66sealed\x58\x30(.{48})", bundle, re.DOTALL)
    assert found
    return found


def check_device():
    v = vector("device.json")
    secret, signs, receives = unhex(v["secret"]), unhex(v["signs"]), unhex(v["receives"])
    signer = ed25519.Ed25519PrivateKey.from_private_bytes(secret[:32])
    assert signer.public_key().public_bytes_raw() == signs
    assert signer.sign(unhex(v["challenge"])).hex() == v["answer"]
    assert xwing_public(secret[32:]) == receives
    assert sha256(b"chancery/device/1", signs, receives).hex() == v["id"]


def receive_seed(secret, name):
    return derive(secret, b"", ["chancery/generation/receive/1", *name])


def check_generation():
    v = vector("generation.json")
    secret, name = unhex(v["secret"]), [unhex(v["desk"]), {"Office": unhex(v["office"])}, v["number"]]
    label = "chancery/generation/commitment/1"
    derived = derive(secret, b"", [label, *name])
    assert sha256(cbor([label, *name, derived])).hex() == v["commitment"]
    assert xwing_public(receive_seed(secret, name)).hex() == v["receives"]


def check_body():
    v = vector("body.json")
    package, sealed = {"Package": unhex(v["package"])}, unhex(v["sealed"])
    name = [unhex(v["desk"]), package, v["generation"]]
    associated = cbor(["chancery/body/1", *name, unhex(v["author"]), package, v["counter"], v["index"]])
    assert associated.hex() == v["associated_data"]
    assert sealed[0] == 1 and sha256(sealed).hex() == v["sha256"]
    key = derive(unhex(v["secret"]), sealed[1:33], ["chancery/generation/body/1", *name])
    message = open_aes(key, sealed[33:], associated)
    end = 4 + int.from_bytes(message[:4], "big")
    assert message[4:end].hex() == v["plaintext"]
    assert len(message) == 64 and not any(message[end:])


def check_wrap():
    v, device = vector("wrap.json"), vector("device.json")
    to = [{"Device": unhex(device["id"])}, 0]
    info = cbor(["chancery/wrap/1", unhex(v["desk"]), {"Package": unhex(v["package"])}, v["generation"], *to])
    assert info.hex() == v["info"]
    [(enc, sealed)] = capsules(unhex(v["wraps"]))
    assert open_hpke(unhex(device["secret"])[32:], enc, sealed, info).hex() == v["secret"]


def multiply(a, b):
    product = 0
    for _ in range(8):
        product ^= a if b & 1 else 0
        a, b = (a << 1) ^ (0x11D if a & 0x80 else 0), b >> 1
    return product


def inverse(a):
    power = 1
    for _ in range(254):
        power = multiply(power, a)
    return power


def check_shares():
    v = vector("shares.json")
    desk, vault = bytes([0xD0] * 16), {"Person": bytes([0x77] * 16)}
    opened = {}
    for x, (enc, sealed) in enumerate(capsules(unhex(v["shares"])), 1):
        custodian = bytes([[0xA1, 0xB2, 0xC3][x - 1]] * 16)
        seed = receive_seed(unhex(v["custodian_secrets"][x - 1]), [desk, {"Person": custodian}, 2])
        name = [desk, vault, 4, v["needed"], custodian, x]
        opened[x] = open_hpke(seed, enc, sealed, cbor(["chancery/share-dealt/1", *name, 2]))
        committed = sha256(cbor(["chancery/share-commitment/1", *name]), opened[x])
        assert committed.hex() == v["commitments"][x - 1]
    for one, two in ((1, 2), (1, 3), (2, 3)):
        at_one, at_two = (multiply(other, inverse(one ^ two)) for other in (two, one))
        pairs = zip(opened[one], opened[two])
        assert bytes(multiply(a, at_one) ^ multiply(b, at_two) for a, b in pairs).hex() == v["secret"]


def check_invitation():
    v, device = vector("invitation.json"), vector("device.json")

    def payload(link):
        fragment = link.split("#")[1]
        raw = base64.urlsafe_b64decode(fragment + "=" * (-len(fragment) % 4))
        assert sha256(b"chancery/link/1", raw[:-4])[:4] == raw[-4:]
        return raw[:-4]

    plain, longer = payload(v["link"]), payload(v["link_with_certificate"])
    assert plain[:2] == b"\1\0" and longer == b"\1\1" + plain[2:] + bytes([0x7C] * 32)
    genesis, desk, invitation, person = plain[2:34], plain[34:50], plain[50:66], plain[66:82]
    secret = plain[82:]
    assert sha256(secret).hex() == v["secret_sha256"]
    keys = {"signs": unhex(device["signs"]), "receives": unhex(device["receives"])}
    key = derive(secret, b"", ["chancery/knock/key/1", desk, invitation])
    covered = cbor(["chancery/knock/1", desk, invitation, person, *keys.values()])
    mac = hmac.digest(key, covered, "sha256")
    cert = {"person": person, "keys": keys}
    knock = {"desk": desk, "invitation": invitation, "cert": cert, "mac": mac}
    assert cbor(knock).hex() == v["knock"]
    label = b"chancery/words/1"
    found = sha256(label, genesis, invitation, unhex(v["inviter"]), unhex(v["newcomer"]))
    for _ in range(1 << 14):
        found = sha256(label, found)
    source = (CRATES / "seal/src/words.rs").read_text().split("pub const WORDS")[1]
    words = re.findall(r'"([a-z]+)"', source)
    assert len(words) == 256 and [words[byte] for byte in found[:6]] == v["words"]


def check_rest():
    v, device = vector("rest.json"), vector("device.json")
    cost = {"memory_kib": 65536, "passes": 3, "lanes": 1}

    def open_blob(blob, lock, key_from_salt):
        pattern = rb"\x64salt\x58\x20(.{32})\x66sealed\x58\x50(.{80})$"
        salt, sealed = re.search(pattern, blob, re.DOTALL).groups()
        key = derive(key_from_salt(salt), salt, ["chancery/store/1"])
        assert open_aes(key, sealed, cbor(["chancery/store/1", 1, lock, salt])).hex() == device["secret"]

    def stretch(salt):
        argon2 = Argon2id(salt=salt, length=32, iterations=3, lanes=1, memory_cost=65536)
        return argon2.derive(v["passphrase"].encode())

    open_blob(unhex(v["by_key"]), {"Key": {}}, lambda salt: unhex(v["key"]))
    open_blob(unhex(v["by_passphrase"]), {"Passphrase": cost}, stretch)
    record = unhex(v["record"])
    key = derive(unhex(device["secret"]), record[1:33], ["chancery/record/1", unhex(v["id"])])
    assert open_aes(key, record[33:], v["record_place"].encode()) == b"kept"


for check in (
    check_device,
    check_generation,
    check_body,
    check_wrap,
    check_shares,
    check_invitation,
    check_rest,
):
    check()
    print(check.__name__.removeprefix("check_"), "agrees")
