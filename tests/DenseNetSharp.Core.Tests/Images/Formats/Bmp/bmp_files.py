# Bitmaps of every kind, by hand where Pillow does not write them.


def bitmap(width, height, bits, data, header=40, compression=0, colors=0, palette=b"", masks=b"", top_down=False, offset=None, bare=False):
    if header == 12:
        head = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        signed = -height if top_down else height
        head = struct.pack("<IiiHHIIiiII", header, width, signed, 1, bits, compression, len(data), 2835, 2835, colors, 0)
        if header >= 56:
            head, masks = head + masks.ljust(16, b"\0"), b""
        head = head.ljust(header, b"\0")
    offset = 14 + len(head + masks + palette) if offset is None else offset
    return (b"" if bare else b"BM" + struct.pack("<IHHI", offset + len(data), 0, 0, offset)) + head + masks + palette + data


def rows(width, height, bits):
    return rng.bytes((width * bits + 31) // 32 * 4 * height)


def colored(count, entry=4):
    return b"".join(rng.bytes(3).ljust(entry, b"\0") for _ in range(count))


def gray(count, entry=4):
    return b"".join(bytes([255 * i if count == 2 else i] * 3).ljust(entry, b"\0") for i in range(count))


def runs(width, height, halves, chance, with_deltas):
    data = b""
    for _ in range(height):
        x = 0
        while x < width:
            kind = chance.randint(0, 3 if with_deltas else 1)
            if kind == 0 or width - x < 3:
                run = chance.randint(1, min(255, width - x))
                data += bytes([run, chance.randint(0, 255)])
            elif kind == 1:
                run = chance.randint(3, min(255, width - x))
                stored = rng.bytes((run + 1) // 2 if halves else run)
                data += bytes([0, run]) + stored + b"\0" * (len(stored) % 2)
            elif kind == 2:
                break
            else:
                run = 0
                data += bytes([0, 2, chance.randint(0, 3), 0, chance.randint(0, 3), chance.randint(0, 2)])
            x += run
        data += b"\0\0"
    return data + b"\0\1"


MASKS = [
    (0xFF0000, 0xFF00, 0xFF, 0), (0xFF000000, 0xFF0000, 0xFF00, 0), (0xFF000000, 0xFF0000, 0xFF00, 0xFF),
    (0xFF, 0xFF00, 0xFF0000, 0xFF000000), (0xFF0000, 0xFF00, 0xFF, 0xFF000000), (0, 0, 0, 0),
    (0xF800, 0x7E0, 0x1F, 0), (0x7C00, 0x3E0, 0x1F, 0), (0x7C00, 0x3E0, 0x1F, 0x8000), (0xF00, 0xF0, 0xF, 0xF000),
]
chance = random.Random(3)
for width, height in SIZES:
    size = f"{width}x{height}"
    for mode in ("1", "L", "P", "RGB", "RGBA"):
        for format in ("BMP", "DIB"):
            files[f"Pillow's {format} {mode} {size}"] = save(photo(width, height).convert(mode), format)
    for header in (12, 40, 64, 108, 124):
        for top_down in (False, True) if header > 12 else (False,):
            entry = 3 if header == 12 else 4
            for bits in (1, 4, 8):
                name = f"{bits} bits, header {header}, {'top-down ' if top_down else ''}{size}"
                options = dict(header=header, top_down=top_down)
                data = rows(width, height, bits)
                whole = colored(1 << bits, entry)
                files[name] = bitmap(width, height, bits, data, palette=whole, **options)
                files[f"{name}, no offset"] = bitmap(width, height, bits, data, palette=whole, offset=0, **options)
                files[f"{name}, offset of the palette"] = bitmap(width, height, bits, data, palette=whole, offset=14 + header, **options)
                files[f"{name}, bare"] = bitmap(width, height, bits, data, palette=whole, bare=True, **options)
                if bits != 4:
                    files[f"{name}, gray"] = bitmap(width, height, bits, data, palette=gray(1 << bits, entry), **options)
                for count in (1, 2, 3, 16, 200, 257) if header > 12 else ():
                    files[f"{name}, {count} colors"] = bitmap(width, height, bits, data, colors=count, palette=colored(count), **options)
                    if bits == 8:
                        files[f"{name}, {count} grays"] = bitmap(width, height, bits, data, colors=count, palette=gray(count % 256), **options)
    for header in (12, 40, 52, 56, 64, 108, 124):
        for bits in (2, 16, 24, 32):
            name = f"{bits} bits, header {header}, {size}"
            files[name] = bitmap(width, height, bits, rows(width, height, bits), header=header)
            for mask in MASKS if header > 12 else ():
                masks = struct.pack("<IIII", *mask)[:12 if header < 56 else 16]
                files[f"{name}, masks {mask}"] = bitmap(width, height, bits, rows(width, height, bits), header=header, compression=3, masks=masks)
    for halves in (False, True):
        for with_deltas in (False, True):
            for what, palette in (
                ("colored", colored(16 if halves else 256)), ("gray", gray(16 if halves else 256)), ("all grays", gray(256)), ("black and white", gray(2)),
            ):
                for top_down in (False, True):
                    data = runs(width, height, halves, chance, with_deltas)
                    name = f"run lengths {4 if halves else 8}, {'deltas, ' * with_deltas}{'top-down, ' * top_down}{what} {size}"
                    files[name] = bitmap(
                        width, height, 4 if halves else 8, data, compression=2 if halves else 1, palette=palette, colors=len(palette) // 4, top_down=top_down)
        files[f"run lengths of colors {halves} {size}"] = bitmap(width, height, 24, rows(width, height, 24), compression=1 + halves)
files["JPEG inside"] = bitmap(9, 9, 24, b"abc", compression=4)
for name in ("Pillow's BMP P 17x33", "Pillow's BMP 1 61x47", "24 bits, header 40, 17x33", "16 bits, header 40, 33x5, masks (63488, 2016, 31, 0)"):
    for length in range(3, len(files[name])):
        files[f"{name}, cut at {length}"] = files[name][:length]
