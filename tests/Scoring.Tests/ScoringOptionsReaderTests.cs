using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Scoring.Tests;

public sealed class ScoringOptionsReaderTests
{
    public static TheoryData<string> Settings =>
        [.. typeof(ScoringOptions).GetProperties().Where(property => property.CanWrite && property.Name != nameof(ScoringOptions.ExecutionProviderOptions)).Select(property => property.Name)];

    [Theory]
    [MemberData(nameof(Settings))]
    public void Configure_EverySetting_IsTaken(string name)
    {
        var property = typeof(ScoringOptions).GetProperty(name, BindingFlags.Public | BindingFlags.Instance)!;
        var byDefault = property.GetValue(new ScoringOptions());
        var (text, expected) = byDefault is bool flag ? ($"{!flag}", !flag) : Example(property.PropertyType);

        var options = Read((name, text));

        Assert.Empty(options.ReadFaults);
        Assert.Equal(expected, property.GetValue(options));
        Assert.NotEqual(expected, byDefault);
    }

    [Fact]
    public void Configure_ListAsASection_IsTaken() =>
        Assert.Equal(["a", "b"], Read(("Preload:0", "a"), ("Preload:1", "b")).Preload);

    [Fact]
    public void Configure_OptionsOfProviders_AreTakenByBothNames()
    {
        var options = Read(("ExecutionProviderOptions:cuda:device_id", "1"), ("ExecutionProviderOptions:cuda:gpu_mem_limit", "7"), ("ExecutionProviderOptions:openvino:device_type", "GPU")).ExecutionProviderOptions;

        Assert.Equal(["cuda", "openvino"], options.Keys.Order());
        Assert.Equal(("1", "7", "GPU"), (options["CUDA"]["device_id"], options["cuda"]["gpu_mem_limit"], options["openvino"]["device_type"]));
    }

    [Fact]
    public void Configure_Blank_LeavesTheDefault() => Assert.Equal(1024, Read(("MaxInstances", " ")).MaxInstances);

    [Theory]
    [InlineData("TrustedKeys", ",")]
    [InlineData("TrustedKeys", " ")]
    [InlineData("TwoSignatures", " , ,")]
    public void Configure_ListWithoutWhichAllIsAllowed_NamesSomethingWhereItIsSet(string name, string text) =>
        Assert.StartsWith($"{name}: found '{text}', which names nothing", Assert.Single(Read((name, text)).ReadFaults), StringComparison.Ordinal);

    [Fact]
    public void Configure_EmptyTrustedKeys_AreNone()
    {
        var options = Read(("TrustedKeys", ""), ("TwoSignatures", ""));

        Assert.Empty(options.ReadFaults);
        Assert.Empty(options.TrustedKeys);
    }

    [Fact]
    public void Configure_ThreadsAlone_DecideTheRunsAtOnce() =>
        Assert.Equal(Math.Max(1, Environment.ProcessorCount / 2), Read(("IntraOpThreads", "2")).MaxConcurrentRuns);

    [Fact]
    public void Configure_WhatCannotBeRead_IsNamedAllOfIt() =>
        Assert.Equal(
            [
                "RefreshInterval: found 'soon'; expected a time such as 00:00:10",
                "MaxInstances: found '99999999999'; expected a whole number",
                "MaxBodyBytes: found '4 MiB'; expected a whole number",
                "Page: found 'yes'; expected true or false",
                "Probe: found 'Sometimes'; expected WhenPossible or Always or Never",
            ],
            Read(("Page", "yes"), ("RefreshInterval", "soon"), ("Probe", "Sometimes"), ("MaxBodyBytes", "4 MiB"), ("MaxInstances", "99999999999")).ReadFaults);

    private static (string Text, object Value) Example(Type type) =>
        type == typeof(string) ? (" somewhere ", "somewhere")
        : type == typeof(IReadOnlyList<string>) ? ("first, second,", (string[])["first", "second"])
        : type == typeof(TimeSpan) ? ("00:00:07", TimeSpan.FromSeconds(7))
        : type == typeof(int) ? ("7", 7)
        : type == typeof(long) ? ("7", 7L)
        : type == typeof(IsolationPolicy) ? ("unproven", IsolationPolicy.Unproven)
        : type == typeof(CagePolicy) ? ("required", CagePolicy.Required)
        : type == typeof(ProbePolicy) ? ("never", ProbePolicy.Never)
        : throw new NotSupportedException($"Say what a value of {type} looks like.");

    private static ScoringOptions Read(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(setting => $"{ScoringOptions.Section}:{setting.Name}", setting => (string?)setting.Value)).Build();
        var options = new ScoringOptions();
        new ScoringOptionsReader(configuration).Configure(options);
        return options;
    }
}
