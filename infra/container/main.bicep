metadata description = 'The same endpoint as one container on Azure Container Apps, scaled to zero: by HTTP requests, and by the length of its queues (KEDA). Storage, identity, roles and telemetry are the modules of infra/bicep. docs/container.md tells how to deploy it.'

@description('Region of all resources.')
param location string = resourceGroup().location

@description('The image, with its registry: example.azurecr.io/scoring:1.0.0.')
param image string

@description('Name of an Azure container registry in this resource group that the app pulls its image from, with its own identity; empty for a registry that anybody may read.')
param registryName string = ''

@description('The key that opens every function, 16 characters or more. openssl rand -hex 32 makes one.')
@secure()
@minLength(16)
param functionKey string

@description('Client id of the registration in Entra ID that callers get tokens for: identities then stand in place of function keys. Empty asks for keys. See docs/identity.md.')
param identityAudience string = ''

@description('Object id of who deploys, to publish models; empty gives nobody this right.')
param principalId string = ''

@description('Models to load right after start, comma-separated; readiness waits for them.')
param preloadModels string = 'intent'

@description('Processors of a replica. Its memory is twice as many GiB.')
@allowed([
  '0.5'
  '1'
  '2'
  '4'
])
param processors string = '1'

@description('Replicas that are always there and billed. 0: the first request after idling waits for a start.')
@minValue(0)
@maxValue(20)
param minReplicas int = 0

@description('Most replicas.')
@minValue(1)
@maxValue(300)
param maxReplicas int = 20

@description('Requests that one replica takes at once before another is started.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int = 16

@description('Messages of a queue for each replica.')
@minValue(1)
@maxValue(1000)
param messagesPerReplica int = 4

var token = toLower(uniqueString(resourceGroup().id, location))
var tags = {}

module monitoring '../bicep/modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    location: location
    tags: tags
    workspaceName: 'log-${token}'
    componentName: 'appi-${token}'
    retentionDays: 30
  }
}

module identity '../bicep/modules/identity.bicep' = {
  name: 'identity'
  params: {
    location: location
    tags: tags
    name: 'id-${token}'
  }
}

module storage '../bicep/modules/storage.bicep' = {
  name: 'storage'
  params: {
    location: location
    tags: tags
    hostAccountName: 'sthost${token}'
    modelsAccountName: 'stmodel${token}'
    dataAccountName: 'stdata${token}'
    redundancy: 'Standard_LRS'
    closed: false
    publisherIpAddress: ''
    jobRetentionDays: 30
    scoreRetentionDays: 90
    modelRecoveryDays: 30
    workspaceId: monitoring.outputs.workspaceId
  }
}

module roles '../bicep/modules/roles.bicep' = {
  name: 'roles'
  params: {
    appPrincipalId: identity.outputs.principalId
    deployerPrincipalId: principalId
    deployerPrincipalType: 'User'
    hostAccountName: storage.outputs.hostAccountName
    modelsAccountName: storage.outputs.modelsAccountName
    dataAccountName: storage.outputs.dataAccountName
    packageContainerName: storage.outputs.packageContainerName
    componentName: monitoring.outputs.componentName
  }
}

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = if (!empty(registryName)) {
  name: empty(registryName) ? 'none' : registryName
}

var pull = '7f951dda-4ed3-4680-a7ca-43fe172d538d'

resource registryPull 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(registryName)) {
  scope: registry
  name: guid(resourceGroup().id, registryName, token, pull)
  properties: {
    description: 'The app pulls its image.'
    principalId: identity.outputs.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', pull)
  }
}

module app 'app.bicep' = {
  name: 'app'
  params: {
    location: location
    environmentName: 'cae-${token}'
    name: 'ca-${token}'
    image: image
    registryServer: empty(registryName) ? '' : registry!.properties.loginServer
    functionKey: functionKey
    identityAudience: identityAudience
    preloadModels: preloadModels
    processors: processors
    minReplicas: minReplicas
    maxReplicas: maxReplicas
    httpConcurrency: httpConcurrency
    messagesPerReplica: messagesPerReplica
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    telemetryConnectionString: monitoring.outputs.connectionString
    workspaceId: monitoring.outputs.workspaceId
    modelsUri: storage.outputs.modelsUri
    dataAccountName: storage.outputs.dataAccountName
    dataBlobEndpoint: storage.outputs.dataBlobEndpoint
    dataQueueEndpoint: storage.outputs.dataQueueEndpoint
  }
  // The app starts with its first setting, and what it may do takes minutes to become true.
  dependsOn: [
    roles
    registryPull
  ]
}

@description('Address of the endpoint.')
output SCORING_URI string = app.outputs.uri

@description('URI of the container that models are published to.')
output SCORING_REPOSITORY string = storage.outputs.modelsUri

@description('The queue that jobs are sent to.')
output SCORING_QUEUE string = '${storage.outputs.dataQueueEndpoint}score-requests'
