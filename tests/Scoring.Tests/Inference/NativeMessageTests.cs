using Scoring.Inference;

namespace Scoring.Tests.Inference;

/// <summary>What is left out of the runtime's messages, in each form that it writes.</summary>
public sealed class NativeMessageTests
{
    [Theory]
    [InlineData("[ErrorCode:Fail] inference_session.cc:2226 operator() ORT model verification failed.", "ORT model verification failed.")]
    [InlineData("Exception during initialization: [ONNXRuntimeError] : 1 : FAIL : tensorprotoutils.cc:633 F size mismatch", "Exception during initialization: size mismatch")]
    [InlineData("Error: tensorprotoutils.cc:434 ValidateExternalDataPathFromDir Absolute path not allowed", "Error: Absolute path not allowed")]
    [InlineData("graph.cc:12 onnxruntime::Graph::<lambda_1>::operator () A node is wrong", "A node is wrong")]
    [InlineData("/onnxruntime_src/include/onnxruntime/core/common/safeint.h:17 static void SafeIntExceptionHandler<T>::SafeIntOnOverflow() Integer overflow", "Integer overflow")]
    [InlineData("/onnxruntime_src/onnxruntime/core/a.cc:1 void onnxruntime::A<T>::F(int) const [with T = float] x was false.", "x was false.")]
    [InlineData("/onnxruntime_src/onnxruntime/core/b.cc:235 onnxruntime::B::L::L(const std::string&)::<lambda()> Failed to construct", "Failed to construct")]
    [InlineData("""data path: "../a" resolved path: "/srv/a \"b\"" allowed directory: "the package".""", """data path: "../a" allowed directory: "the package".""")]
    [InlineData("The input 'a.cc' is 3: 4 was expected", "The input 'a.cc' is 3: 4 was expected")]
    public void Clean_MessageOfTheRuntime_KeepsTheReasonAlone(string message, string shown) => Assert.Equal(shown, NativeMessage.Clean(message));
}
