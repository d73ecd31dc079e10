using Microsoft.ML.OnnxRuntime;
using Scoring.Configuration;
using Scoring.Inference.Buffers;

namespace Scoring.Inference;

/// <summary>A session of ONNX Runtime in this process.</summary>
internal sealed class NativeSession : ModelSession
{
    // ONNX Runtime's run option; its value is a list of devices.
    private const string ArenaShrinkage = "memory.enable_memory_arena_shrinkage";
    private const string UnknownToTheBinding = "Unregistered TensorElementType";

    // For runs that nobody ends: never changed, so all of them may share it.
    private readonly RunOptions unlimited = new();
    private readonly InferenceSession session;
    private readonly SessionMemory memory;
    private readonly ArenaTrim arena;
    private bool isTraced;

    private NativeSession(InferenceSession session, string modelPath, ProvidersInUse providers)
        : base(ModelSignature.From(session, modelPath), providers)
    {
        this.session = session;
        memory = new SessionMemory(session);
        arena = new ArenaTrim(memory.Bytes, Trim, TimeProvider.System);
    }

    /// <inheritdoc/>
    internal override long AllocatedBytes => memory.Bytes();

    /// <inheritdoc cref="ModelSession.Load"/>
    public static NativeSession Open(string modelPath, SessionSettings settings)
    {
        NativeRuntime.EnsureReady();
        using var options = Options(modelPath, settings, out var providers);
        InferenceSession? session = null;
        try
        {
            session = Open(modelPath, options);
            return new NativeSession(session, modelPath, providers) { isTraced = Traces(settings) };
        }
        catch (OnnxRuntimeException exception) when (exception.Message.Contains(UnknownToTheBinding, StringComparison.Ordinal))
        {
            // The runtime loaded it; its .NET binding, which describes the inputs and outputs, gives up.
            session?.Dispose();
            throw new ScoringException(
                ErrorCode.ModelUnavailable,
                "An input or output has an element type that ONNX Runtime's .NET binding does not know, such as float8; the Open Inference Protocol has no datatype for it either. Cast it inside the graph.",
                exception);
        }
        catch (OnnxRuntimeException exception)
        {
            session?.Dispose();
            throw new ScoringException(
                ErrorCode.ModelUnavailable, $"ONNX Runtime {NativeRuntime.Version} refuses the model: {NativeMessage.Clean(exception, modelPath)}{GraphFile.Unserved(modelPath)}", exception);
        }
        catch (ScoringException)
        {
            session?.Dispose();
            throw;
        }
    }

    private static InferenceSession Open(string modelPath, SessionOptions options)
    {
        try
        {
            return OpenWithLocale(modelPath, options);
        }
        catch (OnnxRuntimeException exception) when (CustomOperators.AreMissing(exception.Message))
        {
            CustomOperators.RegisterExtensions(options);
            return OpenWithLocale(modelPath, options);
        }
    }

    private static InferenceSession OpenWithLocale(string modelPath, SessionOptions options)
    {
        try
        {
            return new InferenceSession(modelPath, options);
        }
        catch (OnnxRuntimeException exception) when (LocalePatch.Helps(exception.Message) && !GraphFile.IsOfTheRuntime(modelPath))
        {
            return new InferenceSession(LocalePatch.Apply(modelPath), options);
        }
    }

    private static SessionOptions Options(string modelPath, SessionSettings settings, out ProvidersInUse providers)
    {
        var options = new SessionOptions
        {
            IntraOpNumThreads = settings.IntraOpThreads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = settings.Optimization switch
            {
                GraphOptimization.None => GraphOptimizationLevel.ORT_DISABLE_ALL,
                GraphOptimization.Basic => GraphOptimizationLevel.ORT_ENABLE_BASIC,
                GraphOptimization.Extended => GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
                _ => GraphOptimizationLevel.ORT_ENABLE_ALL,
            },

            // What goes wrong is thrown and reported once, by us.
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", settings.Spinning ? "1" : "0");
        options.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");

        // Used only where the model is loaded from memory (see Open): it tells where the model's external data lies.
        options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", Path.GetDirectoryName(Path.GetFullPath(modelPath))!);
        if (File.Exists(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(modelPath))!, MappedFile)))
        {
            // Repacking makes a faster copy of a weight, and both copies are in memory until it is done. Weights in this file are there because that is too much.
            options.AddSessionConfigEntry("session.disable_prepacking", "1");
        }

        providers = ExecutionProviders.Append(options, settings);
        if (settings.CustomOperatorsPath is { } library)
        {
            CustomOperators.Register(options, library);
        }

        if (settings.ProfilePath is { } || Traces(settings))
        {
            options.ProfileOutputPathPrefix = settings.ProfilePath ?? ProcessFolder.Shared.NewPath("-profile");
            options.EnableProfiling = true;
        }

        if (settings.OptimizedPath is { } optimized)
        {
            options.OptimizedModelFilePath = optimized;
        }

        return options;
    }

    // A profile that somebody asked for is theirs to read.
    private static bool Traces(SessionSettings settings) => settings is { TracesPlacement: true, ProfilePath: null };

    /// <inheritdoc/>
    internal override IReadOnlyList<NodePlacement> TakePlacement()
    {
        if (!isTraced)
        {
            return [];
        }

        isTraced = false;
        var path = session.EndProfiling();
        try
        {
            return NodePlacement.Read(path);
        }
        catch (Exception exception) when (exception is IOException or System.Text.Json.JsonException)
        {
            return [];
        }
        finally
        {
            File.Delete(path);
        }
    }

    internal OrtIoBinding CreateBinding() => session.CreateIoBinding();

    internal void Run(RunLimit? limit, OrtIoBinding binding)
    {
        var began = Environment.TickCount64;
        try
        {
            session.RunWithBinding(limit?.Options ?? unlimited, binding);
        }
        finally
        {
            AfterRun(began);
        }
    }

    internal override BoundRun Bind(InputBuffer[] inputs, OutputBuffer[] outputs, int rows) => NativeBoundRun.Create(this, inputs, outputs, rows);

    internal override IDisposableReadOnlyCollection<OrtValue> Run(
        RunLimit? limit, IReadOnlyCollection<string> names, IReadOnlyCollection<OrtValue> values, IReadOnlyCollection<string> outputs)
    {
        var began = Environment.TickCount64;
        try
        {
            return session.Run(limit?.Options ?? unlimited, names, values, outputs);
        }
        finally
        {
            AfterRun(began);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        arena.Dispose();
        TakePlacement();
        memory.Dispose();
        session.Dispose();
        unlimited.Dispose();
    }

    // The clock ticks every few milliseconds. A run that has made the session grow by much takes that long, and most that are shorter end within the tick.
    private void AfterRun(long began)
    {
        if (Environment.TickCount64 != began)
        {
            arena.AfterRun();
        }
    }

    // Memory is given back at the end of a run; one that is to end before its first operator needs no inputs.
    private void Trim()
    {
        using var options = new RunOptions { Terminate = true };
        options.AddRunConfigEntry(ArenaShrinkage, "cpu:0");
        try
        {
            using var nothing = session.Run(options, [], [], OutputNames);
        }
        catch (OnnxRuntimeException)
        {
            // It says that it was ended, or that the session has no arena.
        }
    }
}
