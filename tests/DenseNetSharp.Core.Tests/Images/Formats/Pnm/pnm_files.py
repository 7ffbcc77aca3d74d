# Netpbm's formats with every largest value that matters, spaces and comments.
chance = random.Random(5)
for width, height in SIZES:
    size = f"{width}x{height}"
    for mode in ("1", "L", "RGB", "RGBA"):
        files[f"Pillow's {mode} {size}"] = save(photo(width, height).convert(mode), "PPM")
    files[f"Pillow's I {size}"] = save(Image.fromarray(rng.randint(0, 65536, (height, width)).astype(np.int32)), "PPM")
    for largest in (1, 2, 3, 7, 15, 100, 254, 255, 256, 257, 1000, 1023, 4095, 32767, 65534, 65535):
        for channels, raw, plain in ((1, 5, 2), (3, 6, 3)):
            sound = rng.randint(0, largest + 1, (height, width, channels))
            # Some darker ones, which 16 bits do not turn white.
            sound = np.where(rng.rand(*sound.shape) < 0.5, np.minimum(sound, 300), sound)
            larger = np.where(rng.rand(*sound.shape) < 0.05, min(largest + 5, 255 if largest < 256 else 65535), sound)
            for what, values in (("", sound), (", beyond the largest", larger)):
                data = values.astype(">u2" if largest > 255 else np.uint8).tobytes()
                name = f"{largest}{what} {size}"
                files[f"P{raw} {name}"] = f"P{raw}\n{width} {height}\n{largest}\n".encode() + data
                files[f"P{raw} with comments {name}"] = f"P{raw} # hello\n#x\r {width}#y\n {height}\t\n#\n{largest} ".encode() + data + b"more"
                digits = "".join(f"{value}{chance.choice(' nt')}" for value in values.ravel()).replace("n", "\n").replace("t", "\t")
                files[f"P{plain} {name}"] = f"P{plain}\n{width} {height}\n{largest}\n{digits}".encode()
                digits = "".join(str(value) + chance.choice([" ", "  ", " #c 1 2\n", "\v#\r"]) for value in values.ravel())
                files[f"P{plain} with comments {name}"] = f"P{plain} {width} {height} {largest} {digits}".encode()
    bits = rng.randint(0, 2, (height, width))
    files[f"P4 {size}"] = f"P4\n{width} {height}\n".encode() + np.packbits(bits, axis=1).tobytes()
    files[f"P1 {size}"] = f"P1\n{width} {height}\n".encode() + "".join(map(str, bits.ravel())).encode()
    files[f"P1 with spaces {size}"] = f"P1 {width} {height} ".encode() + " ".join(map(str, bits.ravel())).encode() + b"\n"
    digits = "".join(str(bit) + chance.choice(["", " ", "\n", "#k\n"]) for bit in bits.ravel())
    files[f"P1 with comments {size}"] = f"P1 {width} {height} {digits}# end".encode()
for text in (
    "1 2 3", "1 2 3#", "1 2 3 #abc", "1 2#x\n3 4", "1 2#x\n0 4", "1 2 21", "1 2 x", "1 2 00000000003", "1 2 0000000003", "1 2 3 zzz", "1 2 3zzz", "", "#only",
):
    files[f"P2 of {text!r}"] = f"P2 3 1 20 {text}".encode()
for text in (
    "P5", "P5 ", "P5 3", "P5 3 1 ", "P5 3 1 255", "P5 3 1 255 ", "P5 3 1 255 ab", "P5 3 1 255 abc", "P5 3 1 255#x\n abc", "P5 3 1 255#x\nabc",
    "P5 3 1 2#x\n55 abc", "P5 3 1 0 abc", "P5 3 1 65536 abcabc", "P5 0 1 255 abc", "P5 x 1 255 abc", "P5 3 12345678901 255 abc", "P5 3 -1 255 abc",
    "P6 1 1 255 abc", "P4 3 1 \x40", "P4 3 1", "P7 3 1", "P5\0003 1 255 abc", "P5\v3\f1\r255\nabc", "P5 0000000003 1 255 abc", "P5 00000000003 1 255 abc",
    "P55 1 1 255 a", "P5#c\n3 1 255 abc", "P1 2 1 0 2",
):
    files[repr(text)] = text.encode()
# Pillow looks at what follows the pixels, and takes a last value again where one is missing.
loose["P1 and more"] = b"P1 2 1 0 1 9"
loose["P2 without its last value"] = b"P2 3 1 20 1 2"
