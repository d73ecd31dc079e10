metadata description = 'A model-scoring endpoint on Azure Functions, secured by identity, with alerts on cold starts and latency. Deployed by azd.'

targetScope = 'subscription'

import { scoringOptions } from 'types.bicep'

@description('Name of the azd environment: part of the names of all resources.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Region of all resources. It must offer the hosting plan.')
@minLength(1)
@metadata({
  azd: {
    type: 'location'
  }
})
param location string

@description('Object id of who deploys, to publish models. azd gives it; empty gives nobody this right.')
param principalId string = ''

@description('What the deployer is in Entra ID.')
@allowed([
  'User'
  'Group'
  'ServicePrincipal'
])
param principalType string = 'User'

@description('flex: scales to zero, each queue function on instances, and so with a session, of its own. premium: always on, both functions share one process and its session.')
@allowed([
  'flex'
  'premium'
])
param hostingPlan string = 'flex'

@description('Memory of a Flex Consumption instance in MB. Its share of a core grows with it: 2048 is one.')
@allowed([
  512
  2048
  4096
])
param instanceMemoryMB int = 2048

@description('Most instances. A premium plan takes at most 20 of them.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Flex Consumption: HTTP instances that are always there and billed. Premium: instances that are always there, at least 1.')
@minValue(0)
@maxValue(20)
param alwaysReadyHttp int = 0

@description('Flex Consumption: instances of each of the three queue functions, for jobs, their steps and the steps that go first, that are always there and billed. Without effect on a premium plan.')
@minValue(0)
@maxValue(20)
param alwaysReadyBatch int = 0

@description('Flex Consumption: requests that one instance takes at once before another is started. Without effect on a premium plan.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int = 16

@description('Flex Consumption: whether an instance starts from the platform\'s warm placeholder. False sets WEBSITE_USE_PLACEHOLDER_DOTNETISOLATED=0, which stopped worker crashes with code 139 on .NET 10 for some, at the price of slower cold starts. Without effect on a premium plan.')
param dotnetPlaceholder bool = true

@description('Premium plan: deploy the code as two apps on the same instances, one for HTTP and one for queues, so that HTTP outlives an outage of the queue. Each has its own process and sessions. Without effect on Flex Consumption.')
param separateBatch bool = false

@description('Models to load right after start, comma-separated; readiness waits for them.')
param preloadModels string = 'intent'

@description('Public keys whose signatures models must have, comma-separated, each in base64 as model keygen prints it; empty loads unsigned models too.')
param trustedKeys string = ''

@description('A secret of at least 16 characters that the instances and those who publish share, best as a reference to a key vault: verdicts on models are then believed only if one of them wrote them. Empty believes any.')
@secure()
param hostKey string = ''

@description('The secret that receipts of predictions are signed with, base64 of at least 32 bytes; empty gives no receipts and takes no outcomes.')
@secure()
param receiptKey string = ''

@description('The receiptKey before the present one, whose receipts are still taken; empty for none.')
@secure()
param previousReceiptKey string = ''

@description('SHA-256, in hex and comma-separated, of the keys whose holders see every job; empty for none.')
param operationsKeyHashes string = ''

@description('Client id of the registration in Entra ID that callers get tokens for: identities then stand in place of function keys. Empty asks for keys. See docs/identity.md.')
param identityAudience string = ''

@description('Further options of the section Scoring; each left out keeps the app\'s default.')
param scoring scoringOptions = {}

@description('Origins that a browser may call from, comma-separated; empty for none. A key in a page is public: see README.')
param allowedOrigins string = ''

@description('Put the app into a virtual network and close its storage accounts to everybody outside.')
param vnetEnabled bool = false

@description('Address range of the virtual network: IPv4, /24 or larger.')
param vnetAddressPrefix string = '10.90.0.0/24'

@description('IPv4 address that may publish models although the network is closed; empty for none.')
param publisherIpAddress string = ''

@description('Replication of the storage accounts.')
@allowed([
  'Standard_LRS'
  'Standard_ZRS'
  'Standard_GRS'
])
param storageRedundancy string = 'Standard_LRS'

@description('Days until the status of a finished job is deleted.')
@minValue(1)
@maxValue(3650)
param jobRetentionDays int = 30

@description('Days until predictions of jobs are deleted.')
@minValue(1)
@maxValue(3650)
param scoreRetentionDays int = 90

@description('Days that a deleted or overwritten file of a model can be brought back.')
@minValue(1)
@maxValue(365)
param modelRecoveryDays int = 30

@description('Days that telemetry is kept.')
@minValue(30)
@maxValue(730)
param telemetryRetentionDays int = 30

@description('Milliseconds that the app\'s own part of a cold start may take at the 95th percentile before an alert.')
@minValue(100)
@maxValue(30000)
param coldStartMilliseconds int = 5000

@description('Address that alerts are mailed to; empty for none. With neither this nor an action group, alerts show in the portal alone.')
param alertEmail string = ''

@description('Resource id of an action group of yours that alerts go to as well; empty for none.')
param alertActionGroupId string = ''

@description('Absolute address that docs/runbooks.md is published under: alerts link to its sections. Empty links to the workbook in the resource group, which holds them too.')
param runbookUrl string = ''

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = {
  'azd-env-name': environmentName
}

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    location: location
    tags: tags
    workspaceName: 'log-${token}'
    componentName: 'appi-${token}'
    retentionDays: telemetryRetentionDays
  }
}

module identity 'modules/identity.bicep' = {
  name: 'identity'
  scope: group
  params: {
    location: location
    tags: tags
    name: 'id-${token}'
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    location: location
    tags: tags
    hostAccountName: 'sthost${token}'
    modelsAccountName: 'stmodel${token}'
    dataAccountName: 'stdata${token}'
    redundancy: storageRedundancy
    closed: vnetEnabled
    publisherIpAddress: publisherIpAddress
    jobRetentionDays: jobRetentionDays
    scoreRetentionDays: scoreRetentionDays
    modelRecoveryDays: modelRecoveryDays
    workspaceId: monitoring.outputs.workspaceId
  }
}

module roles 'modules/roles.bicep' = {
  name: 'roles'
  scope: group
  params: {
    appPrincipalId: identity.outputs.principalId
    deployerPrincipalId: principalId
    deployerPrincipalType: principalType
    hostAccountName: storage.outputs.hostAccountName
    modelsAccountName: storage.outputs.modelsAccountName
    dataAccountName: storage.outputs.dataAccountName
    packageContainerName: storage.outputs.packageContainerName
    componentName: monitoring.outputs.componentName
  }
}

module network 'modules/network.bicep' = if (vnetEnabled) {
  name: 'network'
  scope: group
  params: {
    location: location
    tags: tags
    name: 'vnet-${token}'
    addressPrefix: vnetAddressPrefix
    delegation: hostingPlan == 'flex' ? 'Microsoft.App/environments' : 'Microsoft.Web/serverFarms'
    hostAccountId: storage.outputs.hostAccountId
    modelsAccountId: storage.outputs.modelsAccountId
    dataAccountId: storage.outputs.dataAccountId
  }
}

module app 'modules/function-app.bicep' = {
  name: 'function-app'
  scope: group
  params: {
    location: location
    tags: tags
    serviceName: 'scoring'
    name: 'func-${token}'
    planName: 'plan-${token}'
    hostingPlan: hostingPlan
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyHttp: alwaysReadyHttp
    alwaysReadyBatch: alwaysReadyBatch
    httpConcurrency: httpConcurrency
    dotnetPlaceholder: dotnetPlaceholder
    separateBatch: separateBatch
    preloadModels: preloadModels
    trustedKeys: trustedKeys
    hostKey: hostKey
    receiptKey: receiptKey
    previousReceiptKey: previousReceiptKey
    operationsKeyHashes: operationsKeyHashes
    identityAudience: identityAudience
    scoring: scoring
    allowedOrigins: allowedOrigins
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    telemetryConnectionString: monitoring.outputs.connectionString
    workspaceId: monitoring.outputs.workspaceId
    hostBlobEndpoint: storage.outputs.hostBlobEndpoint
    packageContainerName: storage.outputs.packageContainerName
    modelsUri: storage.outputs.modelsUri
    dataBlobEndpoint: storage.outputs.dataBlobEndpoint
    dataQueueEndpoint: storage.outputs.dataQueueEndpoint
    subnetId: vnetEnabled ? network!.outputs.appSubnetId : ''
  }
  // The app starts with its first setting, and what it may do takes minutes to become true.
  dependsOn: [
    roles
  ]
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    location: location
    tags: tags
    namePrefix: environmentName
    workspaceId: monitoring.outputs.workspaceId
    alwaysOn: hostingPlan == 'premium' || alwaysReadyHttp > 0 || alwaysReadyBatch > 0
    coldStartMilliseconds: coldStartMilliseconds
    email: alertEmail
    actionGroupId: alertActionGroupId
    runbookUrl: runbookUrl
    workbookId: workbook.outputs.id
  }
}

module workbook 'modules/workbook.bicep' = {
  name: 'workbook'
  scope: group
  params: {
    location: location
    tags: tags
    name: guid(group.id, 'workbook')
    displayName: 'Scoring ${environmentName}'
    workspaceId: monitoring.outputs.workspaceId
    componentId: monitoring.outputs.componentId
  }
}

@description('Region of the resources.')
output AZURE_LOCATION string = location

@description('Tenant of the deployment.')
output AZURE_TENANT_ID string = tenant().tenantId

@description('Name of the resource group.')
output AZURE_RESOURCE_GROUP string = group.name

@description('Endpoint of Azure Resource Manager in this cloud: the hooks read the scoring key through it.')
output AZURE_RESOURCE_MANAGER string = environment().resourceManager

@description('Name of the function app.')
output AZURE_FUNCTION_NAME string = app.outputs.name

@description('Name of the function app, as azd names it for the service scoring.')
output SERVICE_SCORING_NAME string = app.outputs.name

@description('Resource id of the function app.')
output SCORING_APP_ID string = app.outputs.id

@description('Resource id of the app for queues; empty where one app does both.')
output SCORING_BATCH_APP_ID string = app.outputs.batchId

@description('Address of the endpoint.')
output SCORING_URI string = app.outputs.uri

@description('URI of the container that models are published to.')
output SCORING_REPOSITORY string = storage.outputs.modelsUri

@description('URI of the container that a premium plan runs the app\'s package from.')
output SCORING_PACKAGES string = '${storage.outputs.hostBlobEndpoint}${storage.outputs.packageContainerName}'

@description('Blob endpoint of the account that jobs read from and write to.')
output SCORING_BLOBS string = storage.outputs.dataBlobEndpoint

@description('The queue that jobs are sent to.')
output SCORING_QUEUE string = '${storage.outputs.dataQueueEndpoint}score-requests'

@description('Whom alerts tell.')
output SCORING_ALERTS string = empty(alertEmail) && empty(alertActionGroupId)
  ? 'Alerts tell NOBODY: they show in the portal alone. To be mailed: azd env set ALERT_EMAIL you@example.com && azd provision'
  : 'Alerts go to ${trim('${alertEmail} ${alertActionGroupId}')}.'

@description('The hosting plan that was deployed.')
output SCORING_HOSTING_PLAN string = hostingPlan

@description('Whether the storage accounts refuse everybody outside the virtual network.')
output SCORING_NETWORK_CLOSED bool = vnetEnabled

@description('The address outside the virtual network that may publish models, if any.')
output SCORING_PUBLISHER_IP string = publisherIpAddress

@description('What this plan shares between HTTP and queue, and what it costs at rest and under load.')
output SCORING_PLAN_SUMMARY string = hostingPlan == 'flex'
  ? 'Flex Consumption, ${instanceMemoryMB} MB: HTTP and queue run on instances, and so with sessions, of their own. At rest it costs ${alwaysReadyHttp + alwaysReadyBatch * 2} always-ready instances, and nothing for compute when that is 0; under load each active instance by its memory and seconds, and each execution. Alert rules and telemetry are billed besides. See docs/deploy.md.'
  : 'Elastic Premium EP1: HTTP and queue ${separateBatch ? 'are two apps on the same instances, each with its own process and sessions' : 'share one process and its sessions'}. At rest it costs ${max(alwaysReadyHttp, 1)} instances around the clock; under load up to ${max(min(maximumInstanceCount, 20), max(alwaysReadyHttp, 1))}, with no charge per execution. Alert rules and telemetry are billed besides. See docs/deploy.md.'
