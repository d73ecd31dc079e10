metadata description = '''
Three storage accounts, since rights, history and networking are settings of an account:
host   what the Functions host keeps for itself, and the app's package; the app owns it;
models packages, with versions and soft delete, which would multiply the cost of files that change all the time; the app only reads it;
data   the queue, and what jobs read and write; lifecycle rules end it.
'''

@description('Region of the accounts.')
param location string

@description('Tags of the accounts.')
param tags object

@description('Name of the account of the Functions host.')
@minLength(3)
@maxLength(24)
param hostAccountName string

@description('Name of the account of the model packages.')
@minLength(3)
@maxLength(24)
param modelsAccountName string

@description('Name of the account of the queue and of the jobs\' files.')
@minLength(3)
@maxLength(24)
param dataAccountName string

@description('Replication of the accounts.')
@allowed([
  'Standard_LRS'
  'Standard_ZRS'
  'Standard_GRS'
])
param redundancy string

@description('Refuse every caller outside the virtual network.')
param closed bool

@description('IPv4 address that may reach the models although the network is closed, to publish from there; empty for none.')
param publisherIpAddress string

@description('Days until the status of a finished job is deleted.')
@minValue(1)
@maxValue(3650)
param jobRetentionDays int

@description('Days until predictions of jobs are deleted.')
@minValue(1)
@maxValue(3650)
param scoreRetentionDays int

@description('Days that a deleted or overwritten file of a model can be brought back.')
@minValue(1)
@maxValue(365)
param modelRecoveryDays int

@description('Resource id of the workspace that the log of the queue goes to.')
param workspaceId string

var publicNetworkAccess = closed ? 'Disabled' : 'Enabled'
var publisherMayEnter = closed && !empty(publisherIpAddress)
var openAcls = {
  bypass: 'None'
  defaultAction: 'Allow'
}
var closedAcls = {
  bypass: 'None'
  defaultAction: 'Deny'
}

resource host 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: hostAccountName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: redundancy
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: publicNetworkAccess
    networkAcls: closed ? closedAcls : openAcls
  }

  resource blobs 'blobServices' = {
    name: 'default'

    resource package 'containers' = {
      name: 'app-package'
      properties: {
        publicAccess: 'None'
      }
    }
  }
}

resource models 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: modelsAccountName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: redundancy
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: publisherMayEnter ? 'Enabled' : publicNetworkAccess
    networkAcls: publisherMayEnter
      ? {
          bypass: 'None'
          defaultAction: 'Deny'
          ipRules: [
            {
              action: 'Allow'
              value: publisherIpAddress
            }
          ]
        }
      : closed ? closedAcls : openAcls
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      isVersioningEnabled: true
      deleteRetentionPolicy: {
        enabled: true
        days: modelRecoveryDays
      }
      containerDeleteRetentionPolicy: {
        enabled: true
        days: modelRecoveryDays
      }
    }

    resource container 'containers' = {
      name: 'models'
      properties: {
        publicAccess: 'None'
      }
    }
  }
}

resource modelsLifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2024-01-01' = {
  parent: models
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'forget-overwritten-files'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: [
                'blockBlob'
              ]
            }
            actions: {
              version: {
                delete: {
                  daysAfterCreationGreaterThan: modelRecoveryDays
                }
              }
            }
          }
        }
      ]
    }
  }
}

resource data 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: dataAccountName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: redundancy
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: publicNetworkAccess
    networkAcls: closed ? closedAcls : openAcls
  }

  resource blobs 'blobServices' = {
    name: 'default'

    resource containers 'containers' = [
      for name in ['inputs', 'scores', 'jobs', 'verdicts', 'outcomes', 'captures']: {
        name: name
        properties: {
          publicAccess: 'None'
        }
      }
    ]
  }

  resource queues 'queueServices' = {
    name: 'default'

    // All are made here, since the app's identity may use them but not create any.
    resource all 'queues' = [
      for name in [
        'score-requests'
        'score-requests-poison'
        'score-steps'
        'score-steps-poison'
        'score-steps-first'
        'score-steps-first-poison'
        'outcomes'
        'outcomes-poison'
      ]: {
        name: name
      }
    ]
  }
}

resource dataLifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2024-01-01' = {
  parent: data
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'end-jobs'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: [
                'blockBlob'
              ]
              prefixMatch: [
                'jobs/'
              ]
            }
            actions: {
              baseBlob: {
                delete: {
                  daysAfterModificationGreaterThan: jobRetentionDays
                }
              }
            }
          }
        }
        {
          // A package says how long its captures are kept, and cannot say more than this. It also ends those of a model that captures no more.
          name: 'end-captures'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: [
                'blockBlob'
              ]
              prefixMatch: [
                'captures/'
              ]
            }
            actions: {
              baseBlob: {
                delete: {
                  daysAfterModificationGreaterThan: 90
                }
              }
            }
          }
        }
        {
          name: 'end-scores'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: [
                'blockBlob'
              ]
              prefixMatch: [
                'scores/'
              ]
            }
            actions: {
              baseBlob: {
                delete: {
                  daysAfterModificationGreaterThan: scoreRetentionDays
                }
              }
            }
          }
        }
      ]
    }
  }
}

// The alerts on poison messages and on stalled queues read this log: neither shows in any metric of an app that is not called.
resource queueLog 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: data::queues
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'StorageWrite'
        enabled: true
      }
      {
        category: 'StorageDelete'
        enabled: true
      }
    ]
  }
}

@description('Name of the account of the Functions host.')
output hostAccountName string = host.name

@description('Name of the account of the models.')
output modelsAccountName string = models.name

@description('Name of the account of the queue and of the jobs\' files.')
output dataAccountName string = data.name

@description('Resource id of the account of the Functions host.')
output hostAccountId string = host.id

@description('Blob endpoint of the account of the Functions host.')
output hostBlobEndpoint string = host.properties.primaryEndpoints.blob

@description('Name of the container that the app\'s package is deployed to.')
output packageContainerName string = host::blobs::package.name

@description('Resource id of the account of the models.')
output modelsAccountId string = models.id

@description('URI of the container of the models: the app\'s repository.')
output modelsUri string = '${models.properties.primaryEndpoints.blob}${models::blobs::container.name}'

@description('Resource id of the account of the queue and of the jobs\' files.')
output dataAccountId string = data.id

@description('Blob endpoint of the account of the jobs\' files.')
output dataBlobEndpoint string = data.properties.primaryEndpoints.blob

@description('Queue endpoint of the account of the queue.')
output dataQueueEndpoint string = data.properties.primaryEndpoints.queue
