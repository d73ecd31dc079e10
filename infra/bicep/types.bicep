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

  @description('Whether an execution provider that is not available is left out instead of refused.')
  ExecutionProviderFallback: bool?

  @description('Most instances of one request.')
  @minValue(1)
  @maxValue(1000000)
  MaxInstances: int?

  @description('Most bytes of one request body.')
  @minValue(1024)
  @maxValue(104857600)
  MaxBodyBytes: int?

  @description('Most bytes of the answer to one request.')
  @minValue(1024)
  @maxValue(1073741824)
  MaxAnswerBytes: int?

  @description('Most bytes of all request bodies at once; 0 lets the app choose.')
  @minValue(0)
  MaxBodyBytesInFlight: int?

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

  @description('Bytes of the own memory of a device that loaded models may take; 0 bounds nothing. Azure Functions has no such device.')
  @minValue(0)
  DeviceMemoryBytes: int?

  @description('Versions loaded because a request named them, at most.')
  @minValue(0)
  MaxVersionsOnDemand: int?

  @description('When a version is tried in a process of its own before it is loaded.')
  Probe: ('WhenPossible' | 'Always' | 'Never')?

  @description('Whether a package may bring a library of its own operators: native code that runs with every right of the app.')
  AllowCustomOperators: bool?

  @description('How long the probe of a version may take, as d.hh:mm:ss.')
  ProbeTimeout: string?

  @description('How long the probe of a version may take where an execution provider compiles the model, as hh:mm:ss.')
  CompileTimeout: string?

  @description('Bytes of memory that the probe of a version may take; 0 lets the app choose.')
  @minValue(0)
  ProbeMemoryBytes: int?

  @description('Whether the probe and the processes of models are walled off by the kernel: Auto as far as it can, Required not without, Off.')
  ProbeCage: ('Auto' | 'Required' | 'Off')?

  @description('Which models run in a process of their own, beside those whose model.json asks for it.')
  Isolate: ('None' | 'Unproven' | 'All')?

  @description('Models, comma-separated, whose versions two of the trusted keys must have signed; * for every one.')
  TwoSignatures: string?

  @description('How long after a receipt was given out its outcome is taken, as d.hh:mm:ss.')
  ReceiptLifetime: string?

  @description('Container of the data account that outcomes are stored in. The deployment makes outcomes alone, and gives the app\'s identity its role there; do both yourself for another.')
  @minLength(3)
  @maxLength(63)
  OutcomesContainer: string?

  @description('How identities of callers stand to function keys; identityAudience sets it too.')
  Identity__Mode: ('Off' | 'BesideKeys' | 'InsteadOfKeys')?

  @description('Address of the issuer of bearer tokens, such as https://login.microsoftonline.com/TENANT/v2.0.')
  Identity__Authority: string?

  @description('For whom tokens must be, comma-separated: the client id of the app\'s registration.')
  Identity__Audiences: string?

  @description('Issuers that tokens may name beside the authority\'s own, comma-separated.')
  Identity__Issuers: string?

  @description('How far the issuer\'s clock may be from an instance\'s, as hh:mm:ss.')
  Identity__ClockSkew: string?

  @description('Which models the holders of a role or the members of a group may use, such as Shop=intent topics,GROUP-ID=*.')
  Identity__Models: string?

  @description('Whether X-MS-CLIENT-PRINCIPAL is believed: only with the platform\'s own authentication in front.')
  Identity__TrustPrincipalHeader: bool?

  @description('Requests that one caller may make of an instance in a minute; 0 for any number.')
  @minValue(0)
  Callers__RequestsPerMinute: int?

  @description('Rows that one caller may have scored by an instance in a minute, jobs apart; 0 for any number.')
  @minValue(0)
  Callers__RowsPerMinute: int?

  @description('Bytes of bodies that one caller may send to an instance in a minute; 0 for any number.')
  @minValue(0)
  Callers__BytesPerMinute: int?

  @description('Whether requests and rows are counted by caller also where neither identities nor limits ask for it.')
  Callers__Count: bool?

  @description('How often aggregated metrics are sent, as d.hh:mm:ss.')
  Telemetry__Interval: string?

  @description('Successful warm requests that are sent as request telemetry, per second: a decimal number.')
  Telemetry__RequestsPerSecond: string?

  @description('From the first answer to the set-up of Application Insights, as d.hh:mm:ss.')
  Telemetry__StartDelay: string?

  @description('The most that sending what is left may delay shutdown, as d.hh:mm:ss.')
  Telemetry__ShutdownTimeout: string?

  @description('Input bytes of one chunk of a job.')
  @minValue(1024)
  @maxValue(268435456)
  Batch__ChunkBytes: int?

  @description('Most rows of one chunk.')
  @minValue(1)
  @maxValue(10000000)
  Batch__ChunkRows: int?

  @description('How long a chunk should take at most, as hh:mm:ss.')
  Batch__ChunkDuration: string?

  @description('Most bytes of the output of one chunk, which is kept in memory until it is stored.')
  @minValue(1024)
  @maxValue(1073741824)
  Batch__ChunkOutputBytes: int?

  @description('Input bytes that one step of planning a job scans.')
  @minValue(1024)
  @maxValue(1099511627776)
  Batch__PlanStepBytes: int?

  @description('Bytes of the longest record of a file; a longer one is a bad row.')
  @minValue(64)
  @maxValue(268435456)
  Batch__MaxRecordBytes: int?

  @description('Chunks that one instance scores at once.')
  @minValue(1)
  @maxValue(1024)
  Batch__MaxConcurrentChunks: int?

  @description('Tries of a queue message before the host gives it up: maxDequeueCount of host.json.')
  @minValue(1)
  @maxValue(1000)
  Batch__MaxTries: int?

  @description('How often a step whose tries were used up by crashes is sent again before its job fails.')
  @minValue(0)
  @maxValue(1000)
  Batch__MaxCrashes: int?

  @description('Bytes of local disk that a job with Parquet or SQL may take.')
  @minValue(1048576)
  @maxValue(17592186044416)
  Batch__TempBytes: int?

  @description('Folder of that room; by default the instance\'s temporary folder.')
  Batch__TempDirectory: string?

  @description('Longest time of a job\'s SQL, such as 00:30:00.')
  Batch__SqlDuration: string?

  @description('Most bytes that a job\'s SQL may make.')
  @minValue(1048576)
  @maxValue(17592186044416)
  Batch__SqlResultBytes: int?

  @description('Bytes of memory that DuckDB keeps buffers in.')
  @minValue(67108864)
  @maxValue(17592186044416)
  Batch__DuckDbMemoryBytes: int?

  @description('File of DuckDB\'s library; by default the one that the package carries, if it does.')
  Batch__DuckDbLibrary: string?

  @description('Address that DuckDB\'s library is fetched from on first use, for a package that does not carry it.')
  Batch__DuckDbSource: string?
}
