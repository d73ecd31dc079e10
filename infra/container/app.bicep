metadata description = 'The app on Azure Container Apps, and the environment that it runs in.'

@description('Region of the resources.')
param location string

@description('Name of the environment.')
param environmentName string

@description('Name of the app.')
param name string

@description('The image, with its registry.')
param image string

@description('The registry that the app pulls its image from with its own identity; empty for one that anybody may read.')
param registryServer string

@description('The key that opens every function.')
@secure()
@minLength(16)
param functionKey string

@description('Client id of the registration that callers get tokens for; empty asks for keys.')
param identityAudience string

@description('Models to load right after start, comma-separated.')
param preloadModels string

@description('Processors of a replica. Its memory is twice as many GiB.')
@allowed([
  '0.5'
  '1'
  '2'
  '4'
])
param processors string

@description('Replicas that are always there and billed.')
@minValue(0)
@maxValue(20)
param minReplicas int

@description('Most replicas.')
@minValue(1)
@maxValue(300)
param maxReplicas int

@description('Requests that one replica takes at once before another is started.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int

@description('Messages of a queue for each replica.')
@minValue(1)
@maxValue(1000)
param messagesPerReplica int

@description('Resource id of the identity that the app has everywhere.')
param identityId string

@description('Client id of that identity.')
param identityClientId string

@description('Connection string of the Application Insights component. It names the component and is no secret: who sends needs a role.')
param telemetryConnectionString string

@description('Resource id of the workspace that the app\'s own log goes to.')
param workspaceId string

@description('URI of the container of the models.')
param modelsUri string

@description('Name of the account of the queues and of the jobs\' files.')
param dataAccountName string

@description('Blob endpoint of that account.')
param dataBlobEndpoint string

@description('Queue endpoint of that account.')
param dataQueueEndpoint string

var memory = {
  '0.5': '1Gi'
  '1': '2Gi'
  '2': '4Gi'
  '4': '8Gi'
}

var identitySettings = empty(identityAudience)
  ? []
  : [
      { name: 'Scoring__Identity__Mode', value: 'InsteadOfKeys' }
      {
        name: 'Scoring__Identity__Authority'
        value: '${az.environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
      }
      { name: 'Scoring__Identity__Audiences', value: identityAudience }
    ]

// The queues of all functions: a message in any of them is work.
var queues = [
  'score-requests'
  'score-steps'
  'score-steps-first'
  'score-steps-poison'
  'score-steps-first-poison'
  'outcomes'
]

resource environment 'Microsoft.App/managedEnvironments@2025-01-01' = {
  name: environmentName
  location: location
  properties: {
    appLogsConfiguration: {
      destination: 'azure-monitor'
    }
  }
}

resource environmentLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: environment
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'allLogs'
        enabled: true
      }
    ]
  }
}

resource app 'Microsoft.App/containerApps@2025-01-01' = {
  name: name
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    environmentId: environment.id
    configuration: {
      activeRevisionsMode: 'Single'
      ingress: {
        external: true
        targetPort: 8080
        transport: 'http'
        allowInsecure: false
      }
      registries: empty(registryServer)
        ? []
        : [
            {
              server: registryServer
              identity: identityId
            }
          ]
      secrets: [
        {
          name: 'function-key'
          value: functionKey
        }
      ]
    }
    template: {
      // As long as the app gives what runs when it is told to stop, and some seconds.
      terminationGracePeriodSeconds: 40
      containers: [
        {
          name: 'scoring'
          image: image
          resources: {
            cpu: json(processors)
            memory: memory[processors]
          }
          env: concat(
            [
              { name: 'LOCALHOST_FUNCTION_KEY', secretRef: 'function-key' }
              { name: 'Storage__credential', value: 'managedidentity' }
              { name: 'Storage__clientId', value: identityClientId }
              { name: 'Storage__blobServiceUri', value: dataBlobEndpoint }
              { name: 'Storage__queueServiceUri', value: dataQueueEndpoint }
              { name: 'Scoring__Repository', value: modelsUri }
              { name: 'Scoring__Preload', value: preloadModels }
              { name: 'Scoring__CacheDirectory', value: '/cache' }
              { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: telemetryConnectionString }
              {
                name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING'
                value: 'ClientId=${identityClientId};Authorization=AAD'
              }
            ],
            identitySettings
          )
          probes: [
            {
              type: 'Startup'
              httpGet: {
                path: '/v2/health/live'
                port: 8080
              }
              periodSeconds: 1
              failureThreshold: 60
            }
            {
              type: 'Liveness'
              httpGet: {
                path: '/v2/health/live'
                port: 8080
              }
              periodSeconds: 10
              failureThreshold: 6
            }
            {
              type: 'Readiness'
              httpGet: {
                path: '/v2/health/ready'
                port: 8080
              }
              periodSeconds: 2
              failureThreshold: 3
            }
          ]
          volumeMounts: [
            {
              volumeName: 'cache'
              mountPath: '/cache'
            }
          ]
        }
      ]
      volumes: [
        {
          name: 'cache'
          storageType: 'EmptyDir'
        }
      ]
      scale: {
        minReplicas: minReplicas
        maxReplicas: maxReplicas
        rules: concat(
          [
            {
              name: 'http'
              http: {
                metadata: {
                  concurrentRequests: string(httpConcurrency)
                }
              }
            }
          ],
          map(queues, queue => {
            name: queue
            custom: {
              type: 'azure-queue'
              metadata: {
                accountName: dataAccountName
                queueName: queue
                queueLength: string(messagesPerReplica)
              }
              identity: identityId
            }
          })
        )
      }
    }
  }
}

@description('Address of the endpoint.')
output uri string = 'https://${app.properties.configuration.ingress.fqdn}'
