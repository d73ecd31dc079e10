metadata description = 'The function app and its plan, or two apps of the same code on it. Everything that it reaches, it reaches with its user-assigned identity.'

import { scoringOptions } from '../types.bicep'

@description('Region of the app.')
param location string

@description('Tags of the app and its plan.')
param tags object

@description('Key of the service in azure.yaml: azd finds the app by this tag.')
param serviceName string

@description('Name of the app; it is also the first part of its address.')
@minLength(2)
@maxLength(60)
param name string

@description('Name of the plan.')
@minLength(1)
@maxLength(60)
param planName string

@description('flex: scales to zero, each queue function on instances, and so with a session, of its own. premium: always on, both functions share one process and its session.')
@allowed([
  'flex'
  'premium'
])
param hostingPlan string

@description('Memory of a Flex Consumption instance in MB. Its share of a core grows with it: 2048 is one.')
@allowed([
  512
  2048
  4096
])
param instanceMemoryMB int

@description('Most instances. A premium plan takes at most 20 of them.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int

@description('Flex Consumption: HTTP instances that are always there and billed. Premium: instances that are always there, at least 1.')
@minValue(0)
@maxValue(20)
param alwaysReadyHttp int

@description('Flex Consumption: instances of each of the three queue functions, for jobs, their steps and the steps that go first, that are always there and billed. Without effect on a premium plan.')
@minValue(0)
@maxValue(20)
param alwaysReadyBatch int

@description('Flex Consumption: requests that one instance takes at once before another is started. Without effect on a premium plan.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int

@description('Flex Consumption: whether an instance starts from the platform\'s warm placeholder. Without effect on a premium plan.')
param dotnetPlaceholder bool

@description('Premium plan: two apps of the same code, one with the HTTP functions and one with those of queues. Without effect on Flex Consumption.')
param separateBatch bool

@description('Models to load right after start, comma-separated; readiness waits for them.')
param preloadModels string

@description('Public keys whose signatures models must have, comma-separated; empty loads unsigned models too.')
param trustedKeys string

@description('A secret that instances and publishers share, by which verdicts are believed; empty believes any.')
@secure()
param hostKey string

@description('The secret that receipts of predictions are signed with, base64 of at least 32 bytes; empty gives none.')
@secure()
param receiptKey string

@description('The receiptKey before the present one, whose receipts are still taken; empty for none.')
@secure()
param previousReceiptKey string

@description('SHA-256, in hex and comma-separated, of the keys whose holders see every job; empty for none.')
param operationsKeyHashes string

@description('Client id of the registration that callers get tokens for; empty asks for function keys.')
param identityAudience string

@description('Further options of the section Scoring.')
param scoring scoringOptions

@description('Origins that a browser may call from, comma-separated; empty for none.')
param allowedOrigins string

@description('Resource id of the app\'s identity.')
param identityId string

@description('Client id of the app\'s identity.')
param identityClientId string

@description('Connection string of Application Insights.')
param telemetryConnectionString string

@description('Resource id of the workspace that the platform\'s metrics of the app go to: an alert tells by them that the app is gone.')
param workspaceId string

@description('Blob endpoint of the account of the Functions host.')
param hostBlobEndpoint string

@description('Name of the container of the app\'s package.')
param packageContainerName string

@description('URI of the container of the models.')
param modelsUri string

@description('Blob endpoint of the account of the jobs\' files.')
param dataBlobEndpoint string

@description('Queue endpoint of the account of the queue.')
param dataQueueEndpoint string

@description('Subnet to call out from; empty for none.')
param subnetId string

var flex = hostingPlan == 'flex'
// Every function of the code stands in one of these two, and a test holds that.
var httpFunctions = [
  'Calibration'
  'CancelJob'
  'Drift'
  'Embeddings'
  'HealthLive'
  'HealthReady'
  'InferenceIndex'
  'InferenceLoad'
  'InferenceModel'
  'InferenceModelConfig'
  'InferenceModelReady'
  'InferenceModelStatistics'
  'InferenceServer'
  'InferenceStatistics'
  'InferenceUnload'
  'InferenceVersion'
  'InferenceVersionConfig'
  'InferenceVersionReady'
  'InferenceVersionStatistics'
  'InferModel'
  'InferVersion'
  'Job'
  'Jobs'
  'Metrics'
  'Model'
  'ModelOpenApi'
  'Models'
  'OpenApi'
  'Outcomes'
  'Page'
  'PageAsset'
  'RetryJob'
  'Score'
  'ScoreVersion'
  'SubmitJob'
]
var queueFunctions = [
  'Batch'
  'BatchFirstStep'
  'BatchFirstStepPoison'
  'BatchStep'
  'BatchStepPoison'
  'OutcomesMessage'
]
// The first app is the one that azd deploys to and callers call. The host of an app that listens to no queue has nothing that an outage of the queue could end.
var apps = !flex && separateBatch
  ? [
      {
        name: name
        batchOnly: false
        disabled: queueFunctions
      }
      {
        name: '${name}-batch'
        batchOnly: true
        disabled: httpFunctions
      }
    ]
  : [
      {
        name: name
        batchOnly: false
        disabled: []
      }
    ]
var premiumInstances = max(alwaysReadyHttp, 1)
var premiumMaximum = max(min(maximumInstanceCount, 20), premiumInstances)
// The queue function for steps given up needs nobody waiting for it.
var alwaysReady = concat(
  alwaysReadyHttp > 0
    ? [
        {
          name: 'http'
          instanceCount: alwaysReadyHttp
        }
      ]
    : [],
  alwaysReadyBatch > 0
    ? [
        {
          name: 'function:Batch'
          instanceCount: alwaysReadyBatch
        }
        {
          name: 'function:BatchStep'
          instanceCount: alwaysReadyBatch
        }
        {
          name: 'function:BatchFirstStep'
          instanceCount: alwaysReadyBatch
        }
      ]
    : []
)

var commonSettings = {
  // The host's own storage. It uses blobs alone: no table, so its diagnostic events stay in Application Insights.
  // The queue endpoint is the data account's on purpose: the host looks a trigger's connection 'Storage' up as 'AzureWebJobsStorage' first.
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  AzureWebJobsStorage__blobServiceUri: hostBlobEndpoint
  AzureWebJobsStorage__queueServiceUri: dataQueueEndpoint
  AzureWebJobsDisableHomepage: 'true'

  // The connection of the queue trigger and of the app.
  Storage__credential: 'managedidentity'
  Storage__clientId: identityClientId
  Storage__blobServiceUri: dataBlobEndpoint
  Storage__queueServiceUri: dataQueueEndpoint

  APPLICATIONINSIGHTS_CONNECTION_STRING: telemetryConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'

  ORT_DISABLE_TELEMETRY: '1'

  Scoring__Repository: modelsUri
  Scoring__TrustedKeys: trustedKeys
  Scoring__HostKey: hostKey
  Scoring__ReceiptKey: receiptKey
  Scoring__PreviousReceiptKey: previousReceiptKey
  Scoring__Batch__OperationsKeys: operationsKeyHashes
}

// The tenant is that of the deployment.
var identitySettings = empty(identityAudience)
  ? {}
  : {
      Scoring__Identity__Mode: 'InsteadOfKeys'
      Scoring__Identity__Authority: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
      Scoring__Identity__Audiences: identityAudience
    }

// Left out, the platform decides; so it does where it knows of no placeholder.
var flexSettings = dotnetPlaceholder ? {} : { WEBSITE_USE_PLACEHOLDER_DOTNETISOLATED: '0' }

// Flex Consumption refuses these: there the runtime stands in functionAppConfig.
var premiumSettings = {
  FUNCTIONS_EXTENSION_VERSION: '~4'
  FUNCTIONS_WORKER_RUNTIME: 'dotnet-isolated'
  // Without an Azure Files share, which would need an account key, the package is run from its container with the identity.
  WEBSITE_RUN_FROM_PACKAGE: '${hostBlobEndpoint}${packageContainerName}/functions.zip'
  WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID: identityId
}

var scoringSettings = toObject(items(scoring), option => 'Scoring__${option.key}', option => string(option.value))

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: planName
  location: location
  tags: tags
  kind: flex ? 'functionapp' : 'elastic'
  sku: flex
    ? {
        name: 'FC1'
        tier: 'FlexConsumption'
      }
    : {
        name: 'EP1'
        tier: 'ElasticPremium'
        capacity: premiumInstances
      }
  properties: {
    reserved: true
    maximumElasticWorkerCount: flex ? null : premiumMaximum
  }
}

resource app 'Microsoft.Web/sites@2024-04-01' = [
  for each in apps: {
    name: each.name
    location: location
    tags: each.batchOnly ? tags : union(tags, { 'azd-service-name': serviceName })
    kind: 'functionapp,linux'
    identity: {
      type: 'UserAssigned'
      userAssignedIdentities: {
        '${identityId}': {}
      }
    }
    properties: {
      serverFarmId: plan.id
      reserved: true
      httpsOnly: true
      // The hostKey may be a reference to a key vault.
      keyVaultReferenceIdentity: identityId
      publicNetworkAccess: 'Enabled'
      virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
      vnetRouteAllEnabled: !flex && !empty(subnetId) ? true : null
      functionAppConfig: flex
        ? {
            deployment: {
              storage: {
                type: 'blobContainer'
                value: '${hostBlobEndpoint}${packageContainerName}'
                authentication: {
                  type: 'UserAssignedIdentity'
                  userAssignedIdentityResourceId: identityId
                }
              }
            }
            runtime: {
              name: 'dotnet-isolated'
              version: '10.0'
            }
            scaleAndConcurrency: {
              instanceMemoryMB: instanceMemoryMB
              maximumInstanceCount: maximumInstanceCount
              alwaysReady: alwaysReady
              triggers: {
                http: {
                  perInstanceConcurrency: httpConcurrency
                }
              }
            }
          }
        : null
      siteConfig: {
        cors: {
          allowedOrigins: each.batchOnly || empty(allowedOrigins)
            ? []
            : map(split(allowedOrigins, ','), origin => trim(origin))
          supportCredentials: false
        }
        http20Enabled: true
        minTlsVersion: '1.2'
        scmMinTlsVersion: '1.2'
        // What Flex Consumption has no setting for. An instance takes requests once its models are loaded.
        ftpsState: flex ? null : 'Disabled'
        linuxFxVersion: flex ? null : 'DOTNET-ISOLATED|10.0'
        healthCheckPath: flex || each.batchOnly ? null : '/v2/health/ready'
        minimumElasticInstanceCount: flex ? null : premiumInstances
        preWarmedInstanceCount: flex ? null : 1
        // A plan inside a virtual network sees the queue through the app's runtime or not at all.
        functionsRuntimeScaleMonitoringEnabled: !flex && !empty(subnetId) ? true : null
      }
    }
  }
]

resource settings 'Microsoft.Web/sites/config@2024-04-01' = [
  for (each, index) in apps: {
    parent: app[index]
    name: 'appsettings'
    properties: union(
      commonSettings,
      identitySettings,
      // Jobs load the model that they name.
      { Scoring__Preload: each.batchOnly ? '' : preloadModels },
      scoringSettings,
      flex ? flexSettings : premiumSettings,
      toObject(each.disabled, name => 'AzureWebJobs.${name}.Disabled', name => 'true')
    )
  }
]

// Publishing passwords are shared secrets as well.
resource ftpPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = [
  for (each, index) in apps: {
    parent: app[index]
    name: 'ftp'
    properties: {
      allow: false
    }
  }
]

resource scmPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = [
  for (each, index) in apps: {
    parent: app[index]
    name: 'scm'
    properties: {
      allow: false
    }
  }
]

// The platform counts what never reaches the app. It sends all of its metrics or none.
resource platformMetrics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = [
  for (each, index) in apps: {
    name: 'platform-metrics'
    scope: app[index]
    properties: {
      workspaceId: workspaceId
      metrics: [
        {
          category: 'AllMetrics'
          enabled: true
        }
      ]
    }
  }
]

@description('Name of the app.')
output name string = app[0].name

@description('Resource id of the app.')
output id string = app[0].id

@description('Address of the app.')
output uri string = 'https://${app[0].properties.defaultHostName}'

@description('Resource id of the app for queues; empty where one app does both.')
output batchId string = length(apps) > 1 ? app[1].id : ''
