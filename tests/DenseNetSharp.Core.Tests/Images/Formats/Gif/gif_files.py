# GIFs of every kind, by hand where Pillow does not write them.


def codes(indices, bits, clear_every, clears_when_full):
    clear, end = 1 << bits, (1 << bits) + 1
    out = count = 0
    data = bytearray()

    def emit(code):
        nonlocal out, count
        out |= code << count
        count += length
        while count >= 8:
            data.append(out & 255)
            out >>= 8
            count -= 8

    table, length, next = {bytes([i]): i for i in range(clear)}, bits + 1, clear + 2
    emit(clear)
    text = b""
    for number, index in enumerate(indices):
        longer = text + bytes([index])
        if longer in table:
            text = longer
            continue
        emit(table[text])
        if next < 4096:
            table[longer] = next
            length += next == 1 << length and length < 12
            next += 1
        if (next >= 4096 and clears_when_full) or (clear_every and number % clear_every == 0):
            emit(clear)
            table, length, next = {bytes([i]): i for i in range(clear)}, bits + 1, clear + 2
        text = bytes([index])
    emit(table[text])
    length += next == 1 << length and length < 12
    emit(end)
    return bytes(data) + (bytes([out & 255]) if count else b"")


def gif(
    screen, size, place=(0, 0), bits=8, palette=None, local=None, interlaced=False, transparent=None, background=0, noise=True,
    before=b"", clear_every=None, clears_when_full=True, block=255, code_size=None, disposal=0, rows=None, after=b"",
):
    def flags(colors):
        return 0x80 | (len(colors) // 3).bit_length() - 2 if colors else 0

    width, height = size
    pattern = np.add.outer(np.arange(height) // 3, np.arange(width) // 2) % (1 << bits)
    indices = (rng.randint(0, 1 << bits, (height, width)) if noise else pattern).astype(np.uint8)[:rows]
    if interlaced:
        indices = indices[[*range(0, height, 8), *range(4, height, 8), *range(2, height, 4), *range(1, height, 2)]]
    file = b"GIF89a" + struct.pack("<HHBBB", *screen, flags(palette), background, 0) + (palette or b"") + before
    if transparent is not None or disposal:
        file += b"!\xf9\4" + bytes([(transparent is not None) | disposal << 2, 10, 0, transparent or 0, 0])
    file += b"," + struct.pack("<HHHHB", *place, *size, flags(local) | 0x40 * interlaced) + (local or b"")
    code_size = code_size or max(bits, 2)
    data = codes(indices.ravel().tolist(), code_size, clear_every, clears_when_full)
    blocks = b"".join(bytes([len(data[i:i + block])]) + data[i:i + block] for i in range(0, len(data), block))
    return file + bytes([code_size]) + blocks + b"\0" + after + b";"


def colors(count):
    return rng.bytes(3 * count)


def grays(count):
    return bytes(i for i in range(count) for _ in range(3))


chance = random.Random(5)
for width, height in SIZES + [(130, 90)]:
    inner, outer, place = (width, height), (width + 9, height + 5), (4, 3)
    for interlaced in (False, True):
        for bits in (1, 2, 4, 7, 8):
            count = 1 << bits
            for noise in (False, True):
                for transparent in (None, 1):
                    options = dict(bits=bits, interlaced=interlaced, transparent=transparent, noise=noise)
                    name = f"{width}x{height} {options}"
                    files[name] = gif(inner, inner, palette=colors(count), block=chance.choice([255, 1, 7, 100]), **options)
                    files[f"table kept {name}"] = gif(inner, inner, palette=colors(count), clears_when_full=False, **options)
                    files[f"table cleared {name}"] = gif(inner, inner, palette=colors(count), clear_every=50, **options)
                    files[f"codes of 8 bits {name}"] = gif(inner, inner, palette=colors(count), code_size=8, **options)
                    for what, whole, local in (
                        ("one palette", colors(count), None), ("two palettes", colors(count), colors(count)), ("local gray", colors(count), grays(count)),
                        ("global gray", grays(count), colors(count)), ("both gray", grays(count), grays(count)), ("no palette", None, None),
                        ("local palette", None, colors(count)), ("short palette", colors(max(2, count // 4)), None),
                    ):
                        files[f"{what} {name}"] = gif(outer, inner, place, palette=whole, local=local, background=1, **options)
                    files[f"beyond the screen {name}"] = gif((width // 2, height // 2), inner, (2, 1), palette=colors(count), **options)
                    extensions = b"xx!\xfe\3abc\2de\0!\xff\x0bNETSCAPE2.0\3\1\0\0\0\0\0"
                    files[f"extensions {name}"] = gif(outer, inner, palette=colors(count), before=extensions, disposal=2, **options)
                    second = gif(inner, inner, local=colors(count), interlaced=not interlaced, transparent=3, bits=bits)[13:-1]
                    files[f"two frames {name}"] = gif(inner, inner, palette=colors(count), after=second, **options)
                options["transparent"] = 200
                files[f"transparent beyond the palette {name}"] = gif(outer, inner, palette=colors(2), **options)
    for mode in ("1", "L", "P", "RGB", "RGBA"):
        image = photo(width, height).convert(mode)
        if mode == "RGBA":
            image.putalpha(Image.fromarray(rng.randint(0, 256, (height, width)).astype(np.uint8)))
        for options in ({}, {"interlace": 0}, {"transparency": 3}, {"optimize": True}):
            files[f"Pillow's {mode} {width}x{height} {options}"] = save(image, "GIF", **options)
    frames = [photo(width, height).convert("P").rotate(angle) for angle in (0, 90, 180)]
    files[f"Pillow's animation {width}x{height}"] = save(frames[0], "GIF", save_all=True, append_images=frames[1:])
whole = gif((20, 14), (17, 12), (2, 1), 4, colors(16), colors(16), True, 3, before=b"!\xfe\3abc\0")
noise = gif((20, 14), (17, 12), (2, 1), 8, colors(256), block=20)
files["too few rows"] = gif((20, 14), (17, 12), (2, 1), 4, colors(16), rows=11)
for what, file in (("small", whole), ("noise", noise)):
    files[what] = file
    for length in range(6, len(file)):
        files[f"{what}, cut at {length}"] = file[:length]
for place in range(13, len(noise) - 1):
    # What Pillow makes of what follows the end of the data is none of a frame's pixels.
    loose[f"damaged at {place}"] = noise[:place] + bytes([noise[place] ^ 0x55]) + noise[place + 1:]
