metadata description = 'The identity that the function app has everywhere: storage, deployment package and telemetry.'

@description('Region of the identity.')
param location string

@description('Tags of the identity.')
param tags object

@description('Name of the identity.')
@minLength(3)
@maxLength(128)
param name string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: location
  tags: tags
}

@description('Resource id: the function app carries it.')
output id string = identity.id

@description('Client id: every setting that names an identity takes it.')
output clientId string = identity.properties.clientId

@description('Object id: role assignments take it.')
output principalId string = identity.properties.principalId
