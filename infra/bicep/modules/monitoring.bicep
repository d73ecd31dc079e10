metadata description = 'Where telemetry goes: a Log Analytics workspace and the Application Insights component on it.'

@description('Region of both resources.')
param location string

@description('Tags of both resources.')
param tags object

@description('Name of the Log Analytics workspace.')
@minLength(4)
@maxLength(63)
param workspaceName string

@description('Name of the Application Insights component.')
@minLength(1)
@maxLength(255)
param componentName string

@description('Days that telemetry is kept. 31 cost nothing extra; Application Insights tables are free up to 90.')
@minValue(30)
@maxValue(730)
param retentionDays int

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: retentionDays
    features: {
      // Queries need Entra ID; the workspace's shared keys do not work.
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
  }
}

resource component 'Microsoft.Insights/components@2020-02-02' = {
  name: componentName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    IngestionMode: 'LogAnalytics'
    // The connection string alone lets nobody in: telemetry is accepted from identities with the publisher role.
    DisableLocalAuth: true
  }
}

@description('Resource id of the workspace: the alerts query it.')
output workspaceId string = workspace.id

@description('Name of the component: the role to publish telemetry is given on it.')
output componentName string = component.name

@description('Resource id of the component: the workbook opens from it.')
output componentId string = component.id

@description('Where the app sends telemetry to. Not a secret: local authentication is off.')
output connectionString string = component.properties.ConnectionString
