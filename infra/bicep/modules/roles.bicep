metadata description = 'Who may do what, each right on the smallest thing that works. There is no other way in: shared keys and local authentication are off.'

@description('Object id of the app\'s identity.')
param appPrincipalId string

@description('Object id of who deploys, to publish models and packages; empty gives nobody these rights.')
param deployerPrincipalId string

@description('What the deployer is in Entra ID.')
@allowed([
  'User'
  'Group'
  'ServicePrincipal'
])
param deployerPrincipalType string

@description('Name of the account of the Functions host.')
param hostAccountName string

@description('Name of the account of the models.')
param modelsAccountName string

@description('Name of the account of the queue and of the jobs\' files.')
param dataAccountName string

@description('Name of the container of the app\'s package.')
param packageContainerName string

@description('Name of the Application Insights component.')
param componentName string

var roleIds = {
  storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  storageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  storageBlobDataReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
  storageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  storageQueueDataMessageSender: 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'
  monitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
}

resource host 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: hostAccountName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource package 'containers' existing = {
      name: packageContainerName
    }
  }
}

resource models 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: modelsAccountName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource container 'containers' existing = {
      name: 'models'
    }
  }
}

resource data 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: dataAccountName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource inputs 'containers' existing = {
      name: 'inputs'
    }

    resource scores 'containers' existing = {
      name: 'scores'
    }

    resource jobs 'containers' existing = {
      name: 'jobs'
    }

    resource verdicts 'containers' existing = {
      name: 'verdicts'
    }

    resource outcomes 'containers' existing = {
      name: 'outcomes'
    }

    resource captures 'containers' existing = {
      name: 'captures'
    }
  }

  resource queues 'queueServices' existing = {
    name: 'default'

    resource requests 'queues' existing = {
      name: 'score-requests'
    }

    resource requestsPoison 'queues' existing = {
      name: 'score-requests-poison'
    }

    resource steps 'queues' existing = {
      name: 'score-steps'
    }

    resource stepsPoison 'queues' existing = {
      name: 'score-steps-poison'
    }

    resource firstSteps 'queues' existing = {
      name: 'score-steps-first'
    }

    resource firstStepsPoison 'queues' existing = {
      name: 'score-steps-first-poison'
    }

    resource outcomeMessages 'queues' existing = {
      name: 'outcomes'
    }

    resource outcomeMessagesPoison 'queues' existing = {
      name: 'outcomes-poison'
    }
  }
}

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: componentName
}

resource hostOwner 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: host
  name: guid(host.id, appPrincipalId, roleIds.storageBlobDataOwner)
  properties: {
    description: 'The Functions host makes its own containers here (locks, keys) and reads the package: Owner is what it asks for. Nothing else lies in this account.'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds.storageBlobDataOwner)
  }
}

resource modelsReader 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: models::blobs::container
  name: guid(models::blobs::container.id, appPrincipalId, roleIds.storageBlobDataReader)
  properties: {
    description: 'The app loads models and follows live pointers. It cannot change what it serves.'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds.storageBlobDataReader)
  }
}

resource inputsReader 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: data::blobs::inputs
  name: guid(data::blobs::inputs.id, appPrincipalId, roleIds.storageBlobDataReader)
  properties: {
    description: 'Jobs read their input blobs.'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds.storageBlobDataReader)
  }
}

resource scoresContributor 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: data::blobs::scores
  name: guid(data::blobs::scores.id, appPrincipalId, roleIds.storageBlobDataContributor)
  properties: {
    description: 'Chunks are staged as blocks, and a finished job commits them.'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds.storageBlobDataContributor
    )
  }
}

resource jobsContributor 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: data::blobs::jobs
  name: guid(data::blobs::jobs.id, appPrincipalId, roleIds.storageBlobDataContributor)
  properties: {
    description: 'The status of jobs, and request bodies too large for a message, are written and read here.'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds.storageBlobDataContributor
    )
  }
}

resource verdictsContributor 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: data::blobs::verdicts
  name: guid(data::blobs::verdicts.id, appPrincipalId, roleIds.storageBlobDataContributor)
  properties: {
    description: 'Instances share what the probe found out about a version, and that a version which was being rolled out is braked.'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds.storageBlobDataContributor
    )
  }
}

resource capturesContributor 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: data::blobs::captures
  name: guid(data::blobs::captures.id, appPrincipalId, roleIds.storageBlobDataContributor)
  properties: {
    description: 'Requests that a model asks to be captured are written here, and deleted once they are older than it says.'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds.storageBlobDataContributor
    )
  }
}

resource outcomesContributor 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: data::blobs::outcomes
  name: guid(data::blobs::outcomes.id, appPrincipalId, roleIds.storageBlobDataContributor)
  properties: {
    description: 'What came of predictions is written here, read to see how well they were calibrated, and compacted.'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds.storageBlobDataContributor
    )
  }
}

resource outcomeMessagesContributor 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: data::queues::outcomeMessages
  name: guid(data::queues::outcomeMessages.id, appPrincipalId, roleIds.storageQueueDataContributor)
  properties: {
    description: 'As for the queue of requests: the trigger takes, extends, gives back and deletes messages.'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds.storageQueueDataContributor
    )
  }
}

resource outcomeMessagesPoisonSender 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: data::queues::outcomeMessagesPoison
  name: guid(data::queues::outcomeMessagesPoison.id, appPrincipalId, roleIds.storageQueueDataMessageSender)
  properties: {
    description: 'The host moves a message there once its tries are used up. Only people read and delete there.'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds.storageQueueDataMessageSender
    )
  }
}

resource requestsContributor 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: data::queues::requests
  name: guid(data::queues::requests.id, appPrincipalId, roleIds.storageQueueDataContributor)
  properties: {
    description: 'The trigger takes, extends and deletes messages and the app sends jobs that came by HTTP. Message Processor and Sender do not reach: giving a message back after a failure is an update, and counting messages to scale reads the queue.'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds.storageQueueDataContributor
    )
  }
}

resource requestsPoisonSender 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: data::queues::requestsPoison
  name: guid(data::queues::requestsPoison.id, appPrincipalId, roleIds.storageQueueDataMessageSender)
  properties: {
    description: 'The host moves a message there once its tries are used up. Only people read and delete there.'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds.storageQueueDataMessageSender
    )
  }
}

resource stepsContributor 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: data::queues::steps
  name: guid(data::queues::steps.id, appPrincipalId, roleIds.storageQueueDataContributor)
  properties: {
    description: 'As for the queue of requests: the app sends itself the steps of large jobs.'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds.storageQueueDataContributor
    )
  }
}

resource stepsPoisonContributor 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: data::queues::stepsPoison
  name: guid(data::queues::stepsPoison.id, appPrincipalId, roleIds.storageQueueDataContributor)
  properties: {
    description: 'The host moves steps there once their tries are used up, and a function takes them from there to end their job.'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds.storageQueueDataContributor
    )
  }
}

resource firstStepsContributor 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: data::queues::firstSteps
  name: guid(data::queues::firstSteps.id, appPrincipalId, roleIds.storageQueueDataContributor)
  properties: {
    description: 'As for the queue of steps: those in it do not wait behind large jobs.'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds.storageQueueDataContributor
    )
  }
}

resource firstStepsPoisonContributor 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: data::queues::firstStepsPoison
  name: guid(data::queues::firstStepsPoison.id, appPrincipalId, roleIds.storageQueueDataContributor)
  properties: {
    description: 'The host moves steps there once their tries are used up, and a function takes them from there to end their job.'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds.storageQueueDataContributor
    )
  }
}

resource telemetryPublisher 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: component
  name: guid(component.id, appPrincipalId, roleIds.monitoringMetricsPublisher)
  properties: {
    description: 'With local authentication off, telemetry is accepted only from holders of this role.'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds.monitoringMetricsPublisher
    )
  }
}

resource modelsPublisher 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployerPrincipalId)) {
  scope: models::blobs::container
  name: guid(models::blobs::container.id, deployerPrincipalId, roleIds.storageBlobDataContributor)
  properties: {
    description: 'Who deploys publishes models, with an identity of their own.'
    principalId: deployerPrincipalId
    principalType: deployerPrincipalType
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds.storageBlobDataContributor
    )
  }
}

resource packagePublisher 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployerPrincipalId)) {
  scope: host::blobs::package
  name: guid(host::blobs::package.id, deployerPrincipalId, roleIds.storageBlobDataContributor)
  properties: {
    description: 'On a premium plan who deploys uploads the app\'s package; on Flex Consumption the platform does.'
    principalId: deployerPrincipalId
    principalType: deployerPrincipalType
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds.storageBlobDataContributor
    )
  }
}
