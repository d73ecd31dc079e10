namespace ModelTool.Measuring;

/// <summary>What one batch size on one count of threads took.</summary>
/// <param name="RowsPerSecond">At the median.</param>
internal sealed record BenchPoint(int Rows, int Threads, Latency Latency, double RowsPerSecond);
