using Scoring.Repository;

namespace Scoring.Bench.Measuring.Profile;

/// <summary>Writes <c>start.mibc</c> of both heads anew: what their starts compile of others' generic code, over a folder of models and over storage.</summary>
internal static class StartProfiles
{
    private delegate Task<StartProfile> Take(string app, string folder, IReadOnlyCollection<(string Name, string Value)> settings, byte[] body, CancellationToken cancellationToken);

    public static async Task WriteAsync(TextWriter output, CancellationToken cancellationToken)
    {
        await output.WriteLineAsync("Publishing, which takes a while the first time.");
        using var emulator = new Emulator();
        await emulator.StartAsync(cancellationToken);
        var repository = PackageRepository.Open(null, StorageConnection.OfConnectionString(emulator.ConnectionString));
        await new PackagePublisher(repository).PublishAsync(SampleModel.Folder, "intent", null, makeLive: true, cancellationToken);
        using var sample = new SampleModel();
        await WriteAsync("src/Functions", "Functions", StartProfile.TakeAsync);
        await WriteAsync("src/LocalHost", "LocalHost", StartProfile.TakeOfLocalHostAsync);

        async Task WriteAsync(string project, string assembly, Take take)
        {
            var published = await Published.OfAsync(project, assembly, Peers.Built(project, assembly), cancellationToken);
            var methods = await WithOwnCodeAsBuiltAsync(published, Peers.Built(project, assembly), () => CompiledAsync(published, take, emulator.ConnectionString, sample.Body(1), cancellationToken));
            var count = StartProfileFile.Write(Path.Combine(Rounds.Checkout(), project, "start.mibc"), published, methods);
            await output.WriteLineAsync($"{assembly} compiles {methods.Count} methods at its starts; {project}/start.mibc has {count} of them, the generic ones.");
        }
    }

    // Over a folder and over storage, each with an empty disk cache and with a full one.
    private static async Task<HashSet<string>> CompiledAsync(string published, Take take, string storage, byte[] body, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("scoring-bench-").FullName;
        try
        {
            Peers.Publish(folder);
            (string Name, string Value)[][] starts =
            [
                Peers.Settings(folder),
                [.. Peers.Settings(folder).Where(setting => setting.Name != "Scoring__Repository"), ("Storage", storage), ("AzureWebJobsStorage", storage)],
            ];
            var methods = new HashSet<string>(StringComparer.Ordinal);
            foreach (var settings in starts)
            {
                methods.UnionWith((await take(published, folder, settings, body, cancellationToken)).Methods);
                methods.UnionWith((await take(published, folder, settings, body, cancellationToken)).Methods);
                Directory.Delete(Path.Combine(folder, "cache"), recursive: true);
            }

            return methods;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // The last list's methods are compiled into the app's own assembly: with that one as it was built, they are compiled at the start again, and so are listed again.
    private static async Task<T> WithOwnCodeAsBuiltAsync<T>(string published, string built, Func<Task<T>> run)
    {
        var aside = published + ".aside";
        File.Move(published, aside);
        try
        {
            File.Copy(built, published);
            return await run();
        }
        finally
        {
            File.Move(aside, published, overwrite: true);
        }
    }
}
