namespace TestCommon.OpenInference;

/// <summary>Compares tensors: texts and whole numbers exactly, floating point within a tolerance, relative where values exceed 1.</summary>
internal static class TensorAssert
{
    public static void Close(IReadOnlyList<TestTensor> expected, IReadOnlyList<TestTensor> actual, double tolerance)
    {
        foreach (var tensor in expected)
        {
            Close(tensor, Assert.Single(actual, other => other.Name == tensor.Name), tolerance);
        }
    }

    public static void Close(TestTensor expected, TestTensor actual, double tolerance)
    {
        Assert.Equal(expected.Datatype, actual.Datatype);
        Assert.Equal(expected.Shape, actual.Shape);
        if (!expected.Datatype.StartsWith("FP", StringComparison.Ordinal) && expected.Datatype != "BF16")
        {
            Assert.Equal(expected.Data, actual.Data);
            return;
        }

        foreach (var (wanted, found) in expected.Numbers().Zip(actual.Numbers()))
        {
            if (!wanted.Equals(found))
            {
                Assert.Equal(wanted, found, tolerance * Math.Max(1, Math.Abs(wanted)));
            }
        }
    }
}
