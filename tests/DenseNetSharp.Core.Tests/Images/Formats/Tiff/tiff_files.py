# TIFFs of every kind, by hand where Pillow does not write them.


def lzw(data):
    out = count = 0
    packed = bytearray()
    table, length, next = {bytes([i]): i for i in range(256)}, 9, 258

    def emit(code):
        nonlocal out, count
        out, count = out << length | code, count + length
        while count >= 8:
            count -= 8
            packed.append(out >> count & 255)
            out &= (1 << count) - 1

    emit(256)
    text = b""
    for value in data:
        longer = text + bytes([value])
        if longer in table:
            text = longer
            continue
        emit(table[text])
        table[longer] = next
        next += 1
        # The reader, one entry behind, changes a code earlier than it must.
        length = 9 + (next >= 512) + (next >= 1024) + (next >= 2048)
        if next == 4094:
            emit(256)
            table, length, next = {bytes([i]): i for i in range(256)}, 9, 258
        text = bytes([value])
    emit(table[text])
    length = 9 + (next + 1 >= 512) + (next + 1 >= 1024) + (next + 1 >= 2048)
    emit(257)
    return bytes(packed) + (bytes([out << (8 - count) & 255]) if count else b"")


def pack_bits(data):
    packed, i = b"", 0
    while i < len(data):
        run = 1
        while i + run < len(data) and data[i + run] == data[i] and run < 128:
            run += 1
        if run > 2:
            packed, i = packed + bytes([257 - run, data[i]]), i + run
            continue
        end = min(i + 1 + len(data) % 127, len(data))
        packed, i = packed + bytes([end - i - 1]) + data[i:end], end
    return packed


COMPRESSIONS = {1: bytes, 5: lzw, 8: zlib.compress, 32946: zlib.compress, 32773: pack_bits}
REVERSED = bytes(int(f"{i:08b}"[::-1], 2) for i in range(256))


def pack(values, bits, order):
    """Rows of samples as bytes."""
    if bits in (8, 16, 32):
        return [row.astype(f"{order}{values.dtype.kind}{bits // 8}").tobytes() for row in values]
    rows = []
    for row in values:
        text = "".join(f"{int(value):0{bits}b}" for value in row.ravel())
        rows.append(bytes(int(text[i:i + 8].ljust(8, "0"), 2) for i in range(0, len(text), 8)))
    return rows


def predicted(block, order):
    flat = block.astype(block.dtype.str.replace("<", "=").replace(">", "="))
    flat[:, 1:] = block[:, 1:] - block[:, :-1]
    return flat


def tiff(
    values, photometric, bits, order="<", compression=1, rows=None, tile=None, planar=False, predictor=1, extra=(), fill=1, format=None,
    palette=None, orientation=None, big=False, without=(), more={}, next=False,
):
    height, width, samples = values.shape
    tags = {256: (3, [width]), 257: (4, [height]), 258: (3, [bits] * samples), 259: (3, [compression]), 262: (3, [photometric]), 277: (3, [samples])}
    tags[284] = (3, [2 if planar else 1])
    if fill != 1:
        tags[266] = (3, [fill])
    if extra:
        tags[338] = (3, list(extra))
    if format:
        tags[339] = (3, format)
    if palette is not None:
        tags[320] = (3, palette)
    if orientation is not None:
        tags[274] = (3, [orientation])
    if predictor != 1:
        tags[317] = (3, [predictor])
    planes = [values[:, :, i:i + 1] for i in range(samples)] if planar else [values]
    blocks = []
    for plane in planes:
        if tile:
            tile_width, tile_height = tile
            tags[322], tags[323] = (3, [tile_width]), (3, [tile_height])
            for y in range(0, height, tile_height):
                for x in range(0, width, tile_width):
                    part = plane[y:y + tile_height, x:x + tile_width]
                    blocks.append(np.pad(part, ((0, tile_height - part.shape[0]), (0, tile_width - part.shape[1]), (0, 0)), mode="edge"))
        else:
            step = rows or height
            tags[278] = (4, [step])
            blocks += [plane[y:y + step] for y in range(0, height, step)]
    if predictor == 2:
        blocks = [predicted(block, order) for block in blocks]
    data = [COMPRESSIONS[compression](b"".join(pack(block, bits, order))) for block in blocks]
    if fill == 2:
        data = [block.translate(REVERSED) for block in data]
    offset, head = (16, 12) if big else (8, 8)
    offsets = []
    body = b""
    for block in data:
        offsets.append(offset + len(body))
        body += block + b"\0" * (len(block) % 2)
    tags[324 if tile else 273] = (4, offsets)
    tags[325 if tile else 279] = (4, [len(block) for block in data])
    tags.update(more)
    for tag in without:
        tags.pop(tag, None)
    start = offset + len(body)
    number, entry, inline = ("Q", 20, 8) if big else ("L", 12, 4)
    values_at = start + (8 if big else 2) + len(tags) * entry + inline
    directory, beyond = struct.pack(order + ("Q" if big else "H"), len(tags)), b""
    for tag, (kind, numbers) in sorted(tags.items()):
        code = {1: "B", 3: "H", 4: "L", 16: "Q", 8: "h"}[kind]
        packed = struct.pack(f"{order}{len(numbers)}{code}", *numbers)
        if len(packed) > inline:
            place = struct.pack(order + number, values_at + len(beyond))
            beyond += packed + b"\0" * (len(packed) % 2)
            packed = place
        directory += struct.pack(f"{order}HH{number}", tag, kind, len(numbers)) + packed.ljust(inline, b"\0")
    directory += struct.pack(order + number, start if next else 0)
    sign = b"II" if order == "<" else b"MM"
    header = sign + (struct.pack(order + "HHHQ", 43, 8, 0, start) if big else struct.pack(order + "HL", 42, start))
    return header + body + directory + beyond


def noise(width, height, samples, bits, kind="u"):
    if kind == "f":
        values = rng.normal(100, 150, (height, width, samples)).astype(np.float32)
        values.ravel()[::17] = np.nan
        values.ravel()[::29] = np.inf
        values.ravel()[::31] = -np.inf
        return values
    values = rng.randint(0, 1 << min(bits, 31), (height, width, samples), dtype=np.int64)
    if bits > 8:
        # Some darker ones, which are not clipped.
        values = np.where(rng.rand(*values.shape) < 0.5, values % 300, values)
    if kind == "i":
        return (values - (1 << bits - 1) * (rng.rand(*values.shape) < 0.3)).astype(f"i{bits // 8}")
    if bits == 32:
        values[::3] += 1 << 31
    return values.astype("u4" if bits == 32 else "u2" if bits > 8 else "u1")


# Photometric interpretation, samples, bits, extra samples, sample format.
KINDS = [
    *((photometric, 1, bits, (), "u") for photometric in (0, 1) for bits in (1, 2, 4, 8, 16, 32)), (1, 1, 12, (), "u"), (0, 1, 12, (), "u"),
    (1, 1, 16, (), "i"), (0, 1, 16, (), "i"), (1, 1, 32, (), "i"), (1, 1, 8, (), "i"), (1, 1, 32, (), "f"), (0, 1, 32, (), "f"),
    (1, 2, 8, (2,), "u"), (1, 2, 8, (1,), "u"), (1, 2, 8, (), "u"), (0, 2, 8, (2,), "u"), (1, 2, 16, (2,), "u"),
    *((2, 3 + len(extra), 8, extra, "u") for extra in (
        (), (0,), (1,), (2,), (999,), (0, 0), (1, 0), (2, 0), (2, 2), (0, 0, 0), (1, 0, 0), (2, 0, 0), (0, 0, 0, 0))),
    *((2, 3 + len(extra), 16, extra, "u") for extra in ((), (0,), (1,), (2,), (0, 0))), (2, 4, 8, (), "u"), (2, 4, 16, (), "u"), (2, 3, 32, (), "f"), (2, 3, 4, (), "u"),
    *((3, 1, bits, (), "u") for bits in (1, 2, 4, 8, 16)), (3, 2, 8, (2,), "u"),
    (5, 4, 8, (), "u"), (5, 5, 8, (0,), "u"), (5, 6, 8, (0, 0), "u"), (5, 4, 16, (), "u"), (5, 5, 8, (2,), "u"),
    (32803, 1, 8, (), "u"),
]
for width, height in [(1, 1), (17, 33)]:
    for photometric, samples, bits, extra, kind in KINDS:
        for order in "<>":
            for compression in (1, 5, 8, 32773):
                options = dict(order=order, compression=compression, extra=extra)
                values = noise(width, height, samples, bits, kind)
                if kind != "u":
                    options["format"] = [{"i": 2, "f": 3}[kind]] * samples
                if photometric == 3:
                    options["palette"] = rng.randint(0, 65536, 3 << min(bits, 8)).tolist()
                name = f"{photometric} {samples}x{bits}{kind} {extra} {order} {compression} {width}x{height}"
                # Pillow 9.4 exchanges the bytes of compressed big-endian samples of 32 bits once too often.
                where = beyond if bits == 32 and order == ">" and compression != 1 else files
                where[f"strip {name}"] = tiff(values, photometric, bits, **options)
                where[f"strips {name}"] = tiff(values, photometric, bits, rows=5, **options)
                if width > 1 and bits != 12:
                    where[f"tiles {name}"] = tiff(values, photometric, bits, tile=(16, 16), **options)
                    where[f"large tiles {name}"] = tiff(values, photometric, bits, tile=(64, 32), **options)
                    if samples > 1:
                        # It reads planes of one byte a sample, and if they are not compressed those of its own bands alone.
                        where = files if samples <= 4 and (compression != 1 or bits == 8) else beyond
                        where = beyond if compression == 1 and (extra[:1] == (1,) or len(extra) != samples - (4 if photometric == 5 else 3)) else where
                        where[f"planes {name}"] = tiff(values, photometric, bits, planar=True, rows=7, **options)
                        where[f"planes in tiles {name}"] = tiff(values, photometric, bits, planar=True, tile=(16, 32), **options)
                    if compression in (5, 8) and bits in (8, 16) and kind == "u":
                        files[f"predicted {name}"] = tiff(values, photometric, bits, predictor=2, rows=5, **options)
                        files[f"predicted tiles {name}"] = tiff(values, photometric, bits, predictor=2, tile=(16, 16), **options)
                if bits <= 16:
                    # It knows reversed bits of all these kinds, but not how to read some of them.
                    where = loose if compression == 1 and (photometric == 3 or photometric == 0 and bits == 8) else files
                    where[f"reversed bits {name}"] = tiff(values, photometric, bits, fill=2, rows=5, **options)
                if order == "<":
                    files[f"BigTIFF {name}"] = tiff(values, photometric, bits, big=True, rows=5, **options)
for width, height in [(1, 1), (17, 33), (61, 47)]:
    for mode in ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "LAB", "I;16", "I;16B", "I", "F"):
        for compression in (None, "tiff_lzw", "tiff_adobe_deflate", "tiff_deflate", "packbits", "group3", "group4", "tiff_ccitt", "jpeg", "lzma", "zstd", "webp"):
            # The others Pillow's libtiff would refuse to write, aloud.
            known = {"group3": ["1"], "group4": ["1"], "tiff_ccitt": ["1"], "jpeg": ["L", "RGB", "CMYK", "YCbCr"], "webp": ["RGB", "RGBA"]}
            if mode not in known.get(compression, [mode]):
                continue
            for options in ({},) if compression in ("lzma", "zstd", "webp") else ({}, {262: 0}, {278: 3}) if mode == "1" else ({}, {262: 0}, {317: 2}, {278: 3}):
                image = photo(width, height)
                if mode.startswith("I") or mode == "F":
                    depths = noise(width, height, 1, 16)[:, :, 0]
                    image = Image.fromarray(depths.astype({"I": np.int32, "F": np.float32}.get(mode, np.uint16)))
                    image = Image.frombytes(mode, image.size, depths.astype(">u2").tobytes()) if mode == "I;16B" else image
                elif mode == "LAB":
                    image = Image.frombytes("LAB", image.size, image.tobytes())
                elif mode == "PA":
                    image = image.convert("P").convert("PA")
                else:
                    image = image.convert(mode)
                try:
                    file = save(image, "TIFF", compression=compression, tiffinfo=options)
                except Exception:
                    continue
                # What LibTiff.NET cannot unpack, and colors that Pillow leaves to other libraries.
                where = loose if mode in ("LAB", "YCbCr") or compression in ("lzma", "zstd", "webp") else files
                where[f"Pillow's {mode} {compression} {options} {width}x{height}"] = file
for quality in (30, 75, 100):
    for width, height in [(1, 1), (17, 33), (200, 150)]:
        for mode in ("L", "RGB", "CMYK", "YCbCr"):
            for rows in (8, 64):
                name = f"JPEG {quality} {mode} {rows} {width}x{height}"
                files[name] = save(photo(width, height).convert(mode), "TIFF", compression="jpeg", quality=quality, tiffinfo={278: rows, 530: (1, 1)})
for orientation in range(0, 10):
    for compression in (1, 5):
        files[f"orientation {orientation} {compression}"] = tiff(noise(17, 9, 3, 8), 2, 8, orientation=orientation, compression=compression)
two = noise(17, 9, 3, 8)
pages = [photo(17, 9), photo(20, 20), photo(3, 4)]
files["pages"] = save(pages[0], "TIFF", save_all=True, append_images=pages[1:])
files["pages of LZW"] = save(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="tiff_lzw")
files["circle of pages"] = tiff(two, 2, 8, next=True)
for tag in (256, 257, 258, 259, 262, 273, 277, 278, 279, 284):
    for compression in (1, 5):
        files[f"without {tag} {compression}"] = tiff(two, 2, 8, compression=compression, without=(tag,))
        files[f"gray without {tag} {compression}"] = tiff(two[:, :, :1], 1, 8, compression=compression, without=(tag,))
    files[f"bits without {tag}"] = tiff(two[:, :, :1] & 1, 1, 1, without=(tag,))
for name, options in {
    "longs": {256: (4, [17]), 258: (4, [8, 8, 8]), 262: (4, [2])}, "one value of bits": {258: (3, [8])}, "more values of bits": {258: (3, [8, 8, 8, 8])},
    "two values of bits": {258: (3, [8, 8])}, "mixed bits": {258: (3, [8, 8, 16])}, "formats": {339: (3, [1, 1, 1])}, "one format": {339: (3, [1])},
    "signed": {339: (3, [2, 2, 2])}, "mixed formats": {339: (3, [1, 2, 1])}, "no samples": {277: (3, [0])}, "many samples": {277: (3, [7])},
    "another predictor": {317: (3, [1])}, "unknown compression": {259: (3, [77])}, "old JPEG": {259: (3, [6])}, "all rows": {278: (4, [0xFFFFFFFF])},
    "more rows": {278: (4, [100])}, "unknown tag": {60000: (3, [1, 2, 3, 4, 5])}, "orientation twice": {274: (3, [6, 1])}, "BigTIFF's offset": {273: (16, [8])},
}.items():
    files[name] = tiff(two, 2, 8, more=options)
loose["no rows"] = tiff(two, 2, 8, more={278: (4, [0])})
for colors in (0, 3, 30, 768, 769, 900):
    files[f"palette of {colors}"] = tiff(two[:, :, :1], 3, 8, palette=rng.randint(0, 65536, colors).tolist() if colors else None)
for sign in (b"MM\x2A\0", b"II\0\x2A"):
    file = tiff(two, 2, 8, order=">" if sign[0] == 77 else "<")
    files[f"sign {sign}"] = sign + file[4:]
# For the fuzz run: of each compression and layout a small one.
for compression in (1, 5, 8, 32773):
    small = dict(compression=compression, predictor=2 if compression in (5, 8) else 1)
    files[f"small tiles {compression}"] = tiff(noise(40, 30, 4, 8), 2, 8, tile=(16, 16), extra=(2,), **small)
    files[f"small planes {compression}"] = tiff(noise(40, 30, 3, 8), 2, 8, planar=True, rows=7, **small)
    files[f"small gray {compression}"] = tiff(noise(40, 30, 1, 16), 1, 16, order=">", rows=10, **small)
loose["big-endian BigTIFF"] = tiff(two, 2, 8, order=">", big=True)
