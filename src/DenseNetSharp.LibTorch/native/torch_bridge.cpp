// The whole of libtorch that C# sees: find an operator by its schema's name, call it boxed with tagged values, and
// what operators do not cover (lifetime, metadata, autograd, random state, threads, devices).
//
// Every function that can fail returns null, or an error message that the caller frees with torch_free.
// No C++ exception leaves this file, and managed callbacks report theirs as messages.

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#define BRIDGE_EXPORT extern "C" __attribute__((visibility("default")))

namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// c10's own optional in 1.13, the standard's later.
using OptionalTensor = decltype(std::declval<c10::IValue&>().toOptional<Tensor>());

// A tensor crosses as its TensorImpl with one reference owned by whoever holds the handle; null is no tensor.
using Handle = c10::TensorImpl*;

enum class Tag : int32_t {
    None = 0,
    Tensor = 1,
    Int = 2,
    Double = 3,
    Bool = 4,
    String = 5,
    Ints = 6,
    Tensors = 7,
    OptionalTensors = 8,
    Device = 9,  // type in `i`, index in `size`
    Generator = 10,
};

struct Value {
    Tag tag;
    int32_t size;
    union {
        int64_t i;
        double d;
        void* p;
    };
};

struct Operator {
    c10::OperatorHandle handle;
    std::vector<c10::IValue> defaults;
    std::vector<bool> has_default;
};

struct Info {
    const int64_t* sizes;
    const int64_t* strides;
    int64_t numel;
    int32_t dimensions;
    int32_t element_size;
    int32_t dtype;
    int32_t device_type;
    int32_t device_index;
    int32_t flags;  // 1 contiguous, 2 requires grad, 4 leaf
};

char* copy_message(const char* message) {
    char* copy = strdup(message);
    return copy != nullptr ? copy : strdup("out of memory");
}

// Runs `body` and turns whatever it throws into a message.
template <class Body>
char* guarded(Body&& body) noexcept {
    try {
        body();
        return nullptr;
    } catch (const c10::Error& error) {
        return copy_message(error.what_without_backtrace());
    } catch (const std::exception& error) {
        return copy_message(error.what());
    } catch (...) {
        return copy_message("an unknown C++ exception");
    }
}

using TensorPointer = c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>;

// A second owner of the tensor behind a handle.
Tensor borrow(Handle handle) {
    return handle == nullptr ? Tensor() : Tensor(TensorPointer::unsafe_reclaim_from_nonowning(handle));
}

// The owner of the tensor behind a handle, which is no more valid.
Tensor take(Handle handle) {
    return handle == nullptr ? Tensor() : Tensor(TensorPointer::reclaim(handle));
}

Handle give(Tensor tensor) {
    return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr;
}

variable_list borrow_all(const Handle* handles, int64_t count) {
    variable_list tensors;
    tensors.reserve(count);
    for (int64_t i = 0; i < count; i++) tensors.push_back(borrow(handles[i]));
    return tensors;
}

Handle* give_all(const variable_list& tensors) {
    auto handles = static_cast<Handle*>(std::malloc(sizeof(Handle) * (tensors.empty() ? 1 : tensors.size())));
    if (handles == nullptr) throw std::bad_alloc();
    for (size_t i = 0; i < tensors.size(); i++) handles[i] = give(tensors[i]);
    return handles;
}

c10::IValue to_ivalue(const Value& value) {
    switch (value.tag) {
        case Tag::Tensor: return borrow(static_cast<Handle>(value.p));
        case Tag::Int: return value.i;
        case Tag::Double: return value.d;
        case Tag::Bool: return value.i != 0;
        case Tag::String: return std::string(static_cast<const char*>(value.p), value.size);
        case Tag::Ints: return c10::IntArrayRef(static_cast<const int64_t*>(value.p), value.size);
        case Tag::Tensors: return c10::List<Tensor>(borrow_all(static_cast<const Handle*>(value.p), value.size));
        case Tag::OptionalTensors: {
            c10::List<OptionalTensor> list;
            auto handles = static_cast<const Handle*>(value.p);
            for (int32_t i = 0; i < value.size; i++) {
                list.push_back(handles[i] == nullptr ? OptionalTensor() : OptionalTensor(borrow(handles[i])));
            }
            return list;
        }
        case Tag::Device:
            return c10::Device(static_cast<c10::DeviceType>(value.i), static_cast<c10::DeviceIndex>(value.size));
        case Tag::Generator: return *static_cast<at::Generator*>(value.p);
        default: return c10::IValue();
    }
}

Value to_value(c10::IValue&& result) {
    Value value{};
    if (result.isTensor()) {
        value.tag = Tag::Tensor;
        value.p = give(std::move(result).toTensor());
    } else if (result.isInt()) {
        value.tag = Tag::Int;
        value.i = result.toInt();
    } else if (result.isDouble()) {
        value.tag = Tag::Double;
        value.d = result.toDouble();
    } else if (result.isBool()) {
        value.tag = Tag::Bool;
        value.i = result.toBool();
    } else {
        value.tag = Tag::None;
    }
    return value;
}

// --- Custom autograd functions: the forward and backward passes are managed code. ---

// Both return null, or a message that torch_free releases. `outputs` is allocated with torch_allocate.
using Forward = char* (*)(void* state, AutogradContext* context, Handle** outputs, int64_t* count);
using Backward = char* (*)(void* state, AutogradContext* context, const Handle* gradients, int64_t count,
                           Handle** outputs, int64_t* output_count);
using Release = void (*)(void* state);

Forward managed_forward = nullptr;
Backward managed_backward = nullptr;
Release managed_release = nullptr;

// Keeps the managed state alive for exactly as long as the graph's node.
struct ManagedState final : torch::CustomClassHolder {
    explicit ManagedState(void* handle) : handle(handle) {}
    ~ManagedState() override { managed_release(handle); }
    void* handle;
};

constexpr const char* state_key = "managed";

variable_list take_all(char* message, Handle* handles, int64_t count) {
    variable_list tensors;
    for (int64_t i = 0; i < count; i++) {
        tensors.push_back(take(handles[i]));
    }
    std::free(handles);
    if (message != nullptr) {
        std::string text(message);
        std::free(message);
        throw std::runtime_error(text);
    }
    return tensors;
}

struct ManagedFunction : torch::autograd::Function<ManagedFunction> {
    static variable_list forward(AutogradContext* context, at::TensorList, void* state) {
        context->saved_data[state_key] = c10::IValue::make_capsule(c10::make_intrusive<ManagedState>(state));
        Handle* handles = nullptr;
        int64_t count = 0;
        char* message = managed_forward(state, context, &handles, &count);
        return take_all(message, handles, count);
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        auto capsule = context->saved_data[state_key].toCapsule();
        auto inputs = give_all(gradients);
        Handle* handles = nullptr;
        int64_t count = 0;
        char* message = managed_backward(static_cast<ManagedState*>(capsule.get())->handle, context, inputs,
                                         static_cast<int64_t>(gradients.size()), &handles, &count);
        std::free(inputs);
        auto outputs = take_all(message, handles, count);
        outputs.emplace_back();  // the state argument has no gradient
        return outputs;
    }
};

}  // namespace

// --- Memory ---

BRIDGE_EXPORT void* torch_allocate(int64_t bytes) { return std::malloc(bytes > 0 ? bytes : 1); }
BRIDGE_EXPORT void torch_free(void* memory) { std::free(memory); }

// --- Operators ---

BRIDGE_EXPORT char* torch_find(const char* name, const char* overload, Operator** result) {
    return guarded([&] {
        auto found = new Operator{c10::Dispatcher::singleton().findSchemaOrThrow(name, overload), {}, {}};
        for (const auto& argument : found->handle.schema().arguments()) {
            const auto& value = argument.default_value();
            found->has_default.push_back(value.has_value());
            found->defaults.push_back(value.has_value() ? *value : c10::IValue());
        }
        *result = found;
    });
}

// Results past `capacity` are dropped.
BRIDGE_EXPORT char* torch_call(Operator* op, const Value* arguments, int32_t count, Value* results, int32_t capacity) {
    return guarded([&] {
        const auto expected = static_cast<int32_t>(op->defaults.size());
        TORCH_CHECK(count <= expected, op->handle.operator_name(), " takes ", expected, " arguments, not ", count);
        torch::jit::Stack stack;
        stack.reserve(expected);
        for (int32_t i = 0; i < expected; i++) {
            if (i < count) {
                stack.push_back(to_ivalue(arguments[i]));
            } else {
                TORCH_CHECK(op->has_default[i], op->handle.operator_name(), " needs its argument ", i);
                stack.push_back(op->defaults[i]);
            }
        }
        op->handle.callBoxed(stack);
        for (int32_t i = 0; i < capacity && i < static_cast<int32_t>(stack.size()); i++) {
            results[i] = to_value(std::move(stack[i]));
        }
    });
}

// --- Tensors ---

BRIDGE_EXPORT void torch_release(Handle handle) {
    take(handle);
}

BRIDGE_EXPORT void torch_retain(Handle handle) {
    borrow(handle).unsafeReleaseTensorImpl();
}

BRIDGE_EXPORT char* torch_info(Handle handle, Info* info) {
    return guarded([&] {
        auto tensor = borrow(handle);
        info->sizes = tensor.sizes().data();
        info->strides = tensor.strides().data();
        info->numel = tensor.numel();
        info->dimensions = static_cast<int32_t>(tensor.dim());
        info->element_size = static_cast<int32_t>(tensor.element_size());
        info->dtype = static_cast<int32_t>(tensor.scalar_type());
        info->device_type = static_cast<int32_t>(tensor.device().type());
        info->device_index = static_cast<int32_t>(tensor.device().index());
        info->flags = (tensor.is_contiguous() ? 1 : 0) | (tensor.requires_grad() ? 2 : 0) | (tensor.is_leaf() ? 4 : 0);
    });
}

BRIDGE_EXPORT char* torch_data(Handle handle, void** data) {
    return guarded([&] { *data = borrow(handle).data_ptr(); });
}

BRIDGE_EXPORT char* torch_set_requires_grad(Handle handle, int32_t value) {
    return guarded([&] { borrow(handle).set_requires_grad(value != 0); });
}

BRIDGE_EXPORT char* torch_retain_grad(Handle handle) {
    return guarded([&] { borrow(handle).retain_grad(); });
}

BRIDGE_EXPORT char* torch_get_grad(Handle handle, Handle* gradient) {
    return guarded([&] { *gradient = give(handle->grad()); });
}

BRIDGE_EXPORT char* torch_set_grad(Handle handle, Handle gradient) {
    return guarded([&] { borrow(handle).mutable_grad() = borrow(gradient); });
}

// --- Autograd ---

// `retain_graph` and `create_graph` as torch.autograd's; counts of 0 mean "not given".
BRIDGE_EXPORT char* torch_backward(const Handle* tensors, int64_t count, const Handle* gradients,
                                   int64_t gradient_count, int32_t retain_graph, int32_t create_graph,
                                   const Handle* inputs, int64_t input_count) {
    return guarded([&] {
        torch::autograd::backward(borrow_all(tensors, count), borrow_all(gradients, gradient_count), retain_graph != 0,
                                  create_graph != 0, borrow_all(inputs, input_count));
    });
}

BRIDGE_EXPORT char* torch_grad(const Handle* outputs, int64_t count, const Handle* inputs, int64_t input_count,
                               const Handle* gradients, int64_t gradient_count, int32_t retain_graph,
                               int32_t create_graph, int32_t allow_unused, Handle** results) {
    return guarded([&] {
        *results = give_all(torch::autograd::grad(borrow_all(outputs, count), borrow_all(inputs, input_count),
                                                  borrow_all(gradients, gradient_count), retain_graph != 0,
                                                  create_graph != 0, allow_unused != 0));
    });
}

BRIDGE_EXPORT int32_t torch_grad_enabled() { return c10::GradMode::is_enabled(); }
BRIDGE_EXPORT void torch_set_grad_enabled(int32_t enabled) { c10::GradMode::set_enabled(enabled != 0); }
BRIDGE_EXPORT int32_t torch_inference_mode_enabled() { return c10::InferenceMode::is_enabled(); }
BRIDGE_EXPORT c10::InferenceMode* torch_inference_mode_enter(int32_t enabled) {
    return new c10::InferenceMode(enabled != 0);
}
BRIDGE_EXPORT void torch_inference_mode_leave(c10::InferenceMode* guard) { delete guard; }

BRIDGE_EXPORT void torch_set_callbacks(Forward forward, Backward backward, Release release) {
    managed_forward = forward;
    managed_backward = backward;
    managed_release = release;
}

BRIDGE_EXPORT char* torch_function_apply(void* state, const Handle* inputs, int64_t count, Handle** outputs,
                                         int64_t* output_count) {
    return guarded([&] {
        // Only a TensorList (not a vector) is searched for what requires gradients.
        auto tensors = borrow_all(inputs, count);
        auto results = ManagedFunction::apply(at::TensorList(tensors), state);
        *output_count = static_cast<int64_t>(results.size());
        *outputs = give_all(results);
    });
}

// kind: 0 save for backward, 1 mark non-differentiable, 2 mark dirty.
BRIDGE_EXPORT char* torch_context_mark(AutogradContext* context, int32_t kind, const Handle* tensors, int64_t count) {
    return guarded([&] {
        auto list = borrow_all(tensors, count);
        if (kind == 0) context->save_for_backward(std::move(list));
        else if (kind == 1) context->mark_non_differentiable(list);
        else context->mark_dirty(list);
    });
}

BRIDGE_EXPORT void torch_context_materialize(AutogradContext* context, int32_t value) {
    context->set_materialize_grads(value != 0);
}

BRIDGE_EXPORT char* torch_context_saved(AutogradContext* context, Handle** tensors, int64_t* count) {
    return guarded([&] {
        auto saved = context->get_saved_variables();
        *count = static_cast<int64_t>(saved.size());
        *tensors = give_all(saved);
    });
}

// --- Random state ---

BRIDGE_EXPORT char* torch_manual_seed(int64_t seed) {
    return guarded([&] { at::manual_seed(static_cast<uint64_t>(seed)); });
}

BRIDGE_EXPORT char* torch_default_generator(at::Generator** generator) {
    return guarded([&] { *generator = new at::Generator(at::detail::getDefaultCPUGenerator()); });
}

BRIDGE_EXPORT char* torch_new_generator(uint64_t seed, at::Generator** generator) {
    return guarded([&] { *generator = new at::Generator(at::detail::createCPUGenerator(seed)); });
}

BRIDGE_EXPORT void torch_release_generator(at::Generator* generator) { delete generator; }

BRIDGE_EXPORT char* torch_generator_seed(at::Generator* generator, int64_t seed) {
    return guarded([&] {
        std::lock_guard<std::mutex> lock(generator->mutex());
        generator->set_current_seed(static_cast<uint64_t>(seed));
    });
}

BRIDGE_EXPORT char* torch_generator_state(at::Generator* generator, Handle* state) {
    return guarded([&] {
        std::lock_guard<std::mutex> lock(generator->mutex());
        *state = give(generator->get_state());
    });
}

BRIDGE_EXPORT char* torch_generator_set_state(at::Generator* generator, Handle state) {
    return guarded([&] {
        std::lock_guard<std::mutex> lock(generator->mutex());
        generator->set_state(borrow(state));
    });
}

// --- Threads, devices, version ---

BRIDGE_EXPORT int32_t torch_threads() { return at::get_num_threads(); }
BRIDGE_EXPORT int32_t torch_interop_threads() { return at::get_num_interop_threads(); }
BRIDGE_EXPORT char* torch_set_threads(int32_t count) {
    return guarded([&] { at::set_num_threads(count); });
}
BRIDGE_EXPORT char* torch_set_interop_threads(int32_t count) {
    return guarded([&] { at::set_num_interop_threads(count); });
}

BRIDGE_EXPORT char* torch_cuda(int32_t* devices, int32_t* cudnn) {
    return guarded([&] {
        *devices = torch::cuda::is_available() ? static_cast<int32_t>(torch::cuda::device_count()) : 0;
        *cudnn = *devices > 0 && torch::cuda::cudnn_is_available();
    });
}
BRIDGE_EXPORT char* torch_cuda_synchronize(int64_t device) {
    return guarded([&] { torch::cuda::synchronize(device); });
}

BRIDGE_EXPORT const char* torch_version() { return TORCH_VERSION; }
