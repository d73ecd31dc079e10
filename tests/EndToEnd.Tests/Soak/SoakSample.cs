namespace EndToEnd.Tests.Soak;

/// <param name="ResidentBytes">Memory.</param>
/// <param name="Handles">Open files and sockets.</param>
/// <param name="Threads">Of the system, without those of the pool.</param>
/// <param name="PoolThreads">Of the pool.</param>
/// <param name="Files">Files and folders that it made.</param>
internal readonly record struct SoakSample(long ResidentBytes, int Handles, int Threads, int PoolThreads, int Files);
