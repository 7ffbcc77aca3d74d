#!/usr/bin/env bash
# ./build.sh demo [IMAGE...] | test | fuzz | bench | pack
# Sets up whatever is missing, then does it. See README.md.
set -euo pipefail
caller=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

die() {
    printf 'build.sh: %s\n' "$*" >&2
    exit 1
}

usage() {
    cat <<'USAGE'
usage: ./build.sh VERB
  demo [IMAGE...]  classify the shipped images (or those given) and fine-tune for some seconds
  test [ARG...]    build and run every test; ARGs go to `dotnet test`
  fuzz [N]         open N damaged checkpoints and images of each kind, 200,000 if not given; the tests open a few thousand
  bench [ARG...]   time this library against torchvision and ONNX Runtime; ARGs go to the benchmark
  pack             write the NuGet packages to artifacts/packages
USAGE
}

# Debian packages of "$@" that are not installed.
missing_packages() {
    local package
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s\n' "$package"
    done
}

update_package_lists() {
    [ -z "${APT_UPDATED:-}" ] || return 0
    apt-get update -qq || return 1
    APT_UPDATED=yes
}

# Installs what is missing of "$@"; where that cannot be done here, says what to install and fails.
install_packages() {
    local missing
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    if ! command -v apt-get >/dev/null; then
        echo "build.sh: please install the equivalents of these Debian packages: ${missing[*]}" >&2
        return 1
    fi
    if [ "$(id -u)" -ne 0 ]; then
        echo "build.sh: please install what is missing: sudo apt-get install ${missing[*]}" >&2
        return 1
    fi
    echo "Installing ${missing[*]}"
    update_package_lists || return 1
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

need_sdk() {
    command -v dotnet >/dev/null || die "the .NET 10 SDK is missing: https://dotnet.microsoft.com/download"
}

# The decoder for WebP. JPEG and PNG need none, so the work goes on without it.
set_up_images() {
    install_packages libwebp7 || echo "Going on without a decoder for WebP." >&2
}

# What the tests and benchmarks compare with. TurboJPEG writes JPEGs of kinds that Pillow only reads.
set_up_reference() {
    local turbojpeg=libturbojpeg0
    grep -qs '^ID=ubuntu' /etc/os-release && turbojpeg=libturbojpeg
    install_packages python3-torch python3-torchvision python3-pil python3-numpy python3-sklearn python3-h5py python3-onnx python3-yaml "$turbojpeg" ||
        echo "Going on without the Python reference: tests that need it are skipped." >&2
}

# The browser in which the page of samples/Serve is tested.
set_up_browser() {
    install_packages chromium || echo "Going on without Chromium: tests of the page are skipped." >&2
}

# Photos, line art, gray, transparent and oddly sized images to decode beside Pillow: those in two Debian packages, which
# are unpacked here and not installed.
set_up_corpus() {
    local package unpacked corpus=artifacts/corpus
    for package in python3-skimage python3-sklearn; do
        [ ! -d "$corpus/$package" ] || continue
        unpacked=$(mktemp -d)
        update_package_lists >/dev/null 2>&1 || true
        if (cd "$unpacked" && apt-get download -qq "$package" && dpkg-deb -x ./*.deb .) >/dev/null 2>&1; then
            mkdir -p "$corpus/$package.part"
            find "$unpacked" -type f \( -name '*.png' -o -name '*.jpg' \) -exec mv -n -t "$corpus/$package.part" {} +
            mv "$corpus/$package.part" "$corpus/$package"
        else
            echo "Going on without the images of Debian's $package: tests that compare them are skipped." >&2
        fi
        rm -rf "$unpacked"
    done
}

# The sample as users publish it, whose start-up is timed. The compilers for ready-to-run and native code are on NuGet.
set_up_published() {
    local folder=$PWD/artifacts/FusedClassify
    if dotnet publish samples/FusedClassify -c Release -r linux-x64 --self-contained -p:PublishTrimmed=true \
        -p:PublishSingleFile=true -p:PublishReadyToRun=true -o "$folder" -v quiet >&2; then
        export FUSED_CLASSIFY=$folder/FusedClassify
    else
        echo "Going on without the published sample's start-up." >&2
    fi
    folder=$PWD/artifacts/FusedClassifyNative
    if dotnet publish samples/FusedClassify -c Release -r linux-x64 -p:PublishAot=true -p:IlcInstructionSet=native \
        -p:ArtifactsPath="$folder/build" -o "$folder" -v quiet >&2; then
        export FUSED_CLASSIFY_NATIVE=$folder/FusedClassify
    else
        echo "Going on without the native sample's start-up." >&2
    fi
}

# The web service compiled ahead of time, which is put under load too.
set_up_native_service() {
    local folder=$PWD/artifacts/ServeNative
    if dotnet publish samples/Serve -c Release -r linux-x64 -p:PublishAot=true -p:IlcInstructionSet=native \
        -p:ArtifactsPath="$folder/build" -o "$folder" -v quiet >&2; then
        export SERVE_NATIVE=$folder/Serve
    else
        echo "Going on without the native service." >&2
    fi
}

# Runs the test project $1 with the other arguments, and prints what it says once it is over, all at once.
run_test_project() {
    local log status=0
    log=$(mktemp)
    dotnet test "$1" -c Release --no-build --logger "console;verbosity=normal" "${@:2}" >"$log" 2>&1 || status=$?
    {
        flock 9
        cat "$log"
    } 9<build.sh
    rm -f "$log"
    return $status
}

run_tests() {
    local log status=0
    need_sdk
    set_up_images
    set_up_reference
    set_up_browser
    set_up_corpus
    log=$(mktemp)
    # Threads that spin while they wait slow everything down where tests, compilers and Python share few cores.
    export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-passive}
    dotnet build DenseNetSharp.slnx -c Release -clp:NoSummary 2>&1 || return 1
    # Two test projects at a time, for half of them use one core; those that take longest come first. Each has a process of its own, of
    # which it measures the memory and sets libtorch's threads.
    export -f run_test_project
    printf '%s\n' tests/DenseNetSharp.{Cli.,,Inference.,Core.}Tests tests/*.Tests | awk '!seen[$0]++' |
        xargs -P 2 -I '{}' bash -c 'run_test_project "$@"' bash '{}' "$@" | tee "$log" || status=$?
    # Last line: the sum over the test projects.
    awk '
        /^ *Passed: [0-9]+/  { passed += $2 }
        /^ *Failed: [0-9]+/  { failed += $2 }
        /^ *Skipped: [0-9]+/ { skipped += $2 }
        END {
            printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
            exit passed == 0
        }' "$log" || status=1
    rm -f "$log"
    return $status
}

run_demo() {
    need_sdk
    set_up_images
    if [ $# -gt 0 ]; then
        # The images' paths are relative to where the user stands.
        cd "$caller"
        local here=$OLDPWD
        echo "Classifying with the shipped Fashion-MNIST checkpoint (densenet classify takes any other)."
        dotnet run --project "$here/src/DenseNetSharp.Cli" -c Release -- \
            classify "$@" --weights "$here/samples/FashionMnist/shipped/fashion-mnist.pth"
    else
        echo "Downloading and building; the first time takes a minute or two."
        dotnet run --project samples/Demo -c Release
    fi
}

run_bench() {
    need_sdk
    set_up_images
    set_up_reference
    if [[ " $* " != *" --only "* || " $* " == *" --only inference "* ]]; then
        set_up_published
    fi
    if [[ " $* " != *" --only "* || " $* " == *" --only load "* ]]; then
        set_up_native_service
    fi
    dotnet run --project benchmarks/DenseNetSharp.Benchmarks -c Release -- "$@"
}

run_fuzz() {
    need_sdk
    set_up_images
    set_up_reference
    # Another seed every time, which a failure names.
    DENSENETSHARP_FUZZ_MUTATIONS=${1:-200000} DENSENETSHARP_FUZZ_SEED=${DENSENETSHARP_FUZZ_SEED:-$RANDOM} \
        dotnet test tests/DenseNetSharp.Core.Tests -c Release --filter FullyQualifiedName~Fuzz \
        --logger "console;verbosity=detailed"
}

run_pack() {
    need_sdk
    dotnet pack DenseNetSharp.slnx -c Release -o artifacts/packages "$@"
}

verb=${1:-}
[ $# -eq 0 ] || shift
case "$verb" in
    demo) run_demo "$@" ;;
    test) run_tests "$@" ;;
    fuzz) run_fuzz "$@" ;;
    bench) run_bench "$@" ;;
    pack) run_pack "$@" ;;
    -h | --help | help) usage ;;
    *)
        usage >&2
        exit 2
        ;;
esac
