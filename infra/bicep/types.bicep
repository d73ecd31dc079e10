@export()
@sealed()
@description('Options of the configuration section Scoring that a deployment may change. What is left out keeps the app\'s default.')
type scoringOptions = {
  @description('Folder of the disk cache of packages; by default in the instance\'s temporary folder.')
  CacheDirectory: string?

  @description('How often a live pointer is read again, as d.hh:mm:ss.')
  RefreshInterval: string?

  @description('Execution providers in order of preference, comma-separated; Azure Functions has the CPU alone.')
  ExecutionProviders: string?

  @description('Most instances of one request.')
  @minValue(1)
  @maxValue(1000000)
  MaxInstances: int?

  @description('Most bytes of one request body.')
  @minValue(1024)
  @maxValue(104857600)
  MaxBodyBytes: int?

  @description('Native runs at once; with IntraOpThreads at most the cores of an instance.')
  @minValue(1)
  @maxValue(64)
  MaxConcurrentRuns: int?

  @description('Threads of one run.')
  @minValue(1)
  @maxValue(64)
  IntraOpThreads: int?

  @description('Requests that may wait for a run before the next is answered with 429.')
  @minValue(0)
  @maxValue(1000000)
  MaxQueuedRequests: int?

  @description('How long a request may wait for its run before it is answered with 504, as d.hh:mm:ss.')
  RequestTimeout: string?

  @description('Whether the page is served at the root of the address.')
  Page: bool?

  @description('Containers of the data account that a job\'s input may lie in, comma-separated. The app\'s identity may read inputs alone; give it the role on others yourself.')
  InputContainers: string?

  @description('Most bytes of the disk cache of packages.')
  @minValue(0)
  CacheBytes: int?

  @description('How long a live pointer kept on disk may be served at start while it is read again, as d.hh:mm:ss.')
  CachedPointerLifetime: string?

  @description('Bytes of memory that loaded models may take; 0 lets the app choose.')
  @minValue(0)
  MemoryBudgetBytes: int?

  @description('Versions loaded because a request named them, at most.')
  @minValue(0)
  MaxVersionsOnDemand: int?

  @description('When a version is tried in a process of its own before it is loaded.')
  Probe: ('WhenPossible' | 'Always' | 'Never')?

  @description('How long the probe of a version may take, as d.hh:mm:ss.')
  ProbeTimeout: string?

  @description('Bytes of memory that the probe of a version may take; 0 lets the app choose.')
  @minValue(0)
  ProbeMemoryBytes: int?

  @description('How often aggregated metrics are sent, as d.hh:mm:ss.')
  Telemetry__Interval: string?

  @description('Successful warm requests that are sent as request telemetry, per second: a decimal number.')
  Telemetry__RequestsPerSecond: string?

  @description('From the first answer to the set-up of Application Insights, as d.hh:mm:ss.')
  Telemetry__StartDelay: string?

  @description('The most that sending what is left may delay shutdown, as d.hh:mm:ss.')
  Telemetry__ShutdownTimeout: string?
}
