namespace LocalHost.Hosting;

/// <summary>Settings that the host cannot start with. The message has one line for each.</summary>
internal sealed class HostSettingsException(IReadOnlyCollection<string> faults) : Exception(string.Join(Environment.NewLine, faults));
