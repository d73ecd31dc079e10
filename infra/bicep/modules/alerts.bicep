metadata description = 'Alerts on latency, cold starts, errors, models and the queue. Each rule is one of kql/alerts with its threshold; what to do is in docs/runbooks.md.'

@description('Region of the rules.')
param location string

@description('Tags of the rules.')
param tags object

@description('First part of the rules\' names.')
@minLength(1)
@maxLength(64)
param namePrefix string

@description('Resource id of the workspace that the rules query.')
param workspaceId string

@description('Milliseconds that a model without an SLO of its own promises.')
@minValue(1)
@maxValue(60000)
param sloMilliseconds int

@description('Milliseconds that the app\'s own part of a cold start may take at the 95th percentile.')
@minValue(100)
@maxValue(30000)
param coldStartMilliseconds int

@description('Address that alerts are mailed to; empty for none.')
param email string

@description('Resource id of an action group of yours that alerts go to as well; empty for none.')
param actionGroupId string

@description('Where docs/runbooks.md is published.')
param runbookUrl string

// The threshold is exceeded when a row's value is greater. The query range is window times periods; an alert needs as many failing
// windows of it, and resolves itself when they have passed.
var rules = [
  {
    name: 'slo-warm'
    title: 'Warm requests miss their SLO'
    meaning: 'More than 5 % of a model\'s warm requests took longer than the model promises, in two of three windows of 5 minutes with at least 100 requests.'
    query: loadTextContent('../kql/alerts/slo-warm.kql')
    column: 'missedPercent'
    splitBy: 'model'
    threshold: 5
    severity: 2
    frequency: 'PT5M'
    window: 'PT5M'
    periods: 3
    failingPeriods: 2
  }
  {
    name: 'latency-p95'
    title: 'p95 of warm requests is over the default SLO'
    meaning: 'The 95th percentile of a model\'s warm requests is over the default SLO, in two of three windows of 5 minutes with at least 100 requests.'
    query: loadTextContent('../kql/alerts/latency-p95.kql')
    column: 'p95Milliseconds'
    splitBy: 'model'
    threshold: sloMilliseconds
    severity: 2
    frequency: 'PT5M'
    window: 'PT5M'
    periods: 3
    failingPeriods: 2
  }
  {
    name: 'slo-cold'
    title: 'Cold requests miss their SLO'
    meaning: 'More than half of a model\'s cold requests took longer than the model promises, in an hour with at least 20 of them.'
    query: loadTextContent('../kql/alerts/slo-cold.kql')
    column: 'missedPercent'
    splitBy: 'model'
    threshold: 50
    severity: 3
    frequency: 'PT15M'
    window: 'PT1H'
    periods: 1
    failingPeriods: 1
  }
  {
    name: 'cold-start-p95'
    title: 'Cold starts are slow'
    meaning: 'The 95th percentile of the app\'s part of a cold start is over its limit, in an hour with at least 5 of them.'
    query: loadTextContent('../kql/alerts/cold-start-p95.kql')
    column: 'p95Milliseconds'
    splitBy: 'trigger'
    threshold: coldStartMilliseconds
    severity: 3
    frequency: 'PT15M'
    window: 'PT1H'
    periods: 1
    failingPeriods: 1
  }
  {
    name: 'cold-share'
    title: 'Many requests meet a starting process'
    meaning: 'More than 5 % of the requests met a starting process, in half an hour with at least 200 requests.'
    query: loadTextContent('../kql/alerts/cold-share.kql')
    column: 'coldPercent'
    splitBy: ''
    threshold: 5
    severity: 3
    frequency: 'PT5M'
    window: 'PT30M'
    periods: 1
    failingPeriods: 1
  }
  {
    name: 'error-ratio'
    title: 'Requests fail on our side'
    meaning: 'More than 5 % of the requests failed on our side, in two of three windows of 5 minutes with at least 50 requests.'
    query: loadTextContent('../kql/alerts/error-ratio.kql')
    column: 'failedPercent'
    splitBy: ''
    threshold: 5
    severity: 1
    frequency: 'PT5M'
    window: 'PT5M'
    periods: 3
    failingPeriods: 2
  }
  {
    name: 'model-refused'
    title: 'A published version is refused'
    meaning: 'Check or probe refused a version; the version before it goes on serving.'
    query: loadTextContent('../kql/alerts/model-refused.kql')
    column: 'refused'
    splitBy: 'model'
    threshold: 0
    severity: 2
    frequency: 'PT5M'
    window: 'PT15M'
    periods: 1
    failingPeriods: 1
  }
  {
    name: 'model-unavailable'
    title: 'A model cannot be served'
    meaning: 'Callers were told that no version of a model could be loaded.'
    query: loadTextContent('../kql/alerts/model-unavailable.kql')
    column: 'refused'
    splitBy: 'model'
    threshold: 0
    severity: 1
    frequency: 'PT5M'
    window: 'PT5M'
    periods: 1
    failingPeriods: 1
  }
  {
    name: 'poison'
    title: 'Messages are given up'
    meaning: 'At least one message has used up its tries and lies in a poison queue.'
    query: loadTextContent('../kql/alerts/poison.kql')
    column: 'poisoned'
    splitBy: ''
    threshold: 0
    severity: 2
    frequency: 'PT5M'
    window: 'PT15M'
    periods: 1
    failingPeriods: 1
  }
  {
    name: 'queue-age'
    title: 'Messages wait long'
    meaning: 'The 95th percentile of the time that messages waited is over a quarter of an hour, with at least 5 messages taken.'
    query: loadTextContent('../kql/alerts/queue-age.kql')
    column: 'p95Seconds'
    splitBy: ''
    threshold: 900
    severity: 3
    frequency: 'PT5M'
    window: 'PT15M'
    periods: 1
    failingPeriods: 1
  }
  {
    name: 'queue-stalled'
    title: 'A queue stands still'
    meaning: 'Messages of a queue older than a quarter of an hour wait, and in an hour none was finished.'
    query: loadTextContent('../kql/alerts/queue-stalled.kql')
    column: 'sent'
    splitBy: 'queue'
    threshold: 0
    severity: 2
    frequency: 'PT15M'
    window: 'PT1H'
    periods: 1
    failingPeriods: 1
  }
  {
    name: 'job-failed'
    title: 'A job failed'
    meaning: 'At least one job ended without its predictions.'
    query: loadTextContent('../kql/alerts/job-failed.kql')
    column: 'failed'
    splitBy: ''
    threshold: 0
    severity: 3
    frequency: 'PT5M'
    window: 'PT15M'
    periods: 1
    failingPeriods: 1
  }
]

resource mail 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: '${namePrefix}-alerts'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'scoring'
    emailReceivers: [
      {
        name: 'mail'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource alerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: '${namePrefix}-${rule.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'Scoring: ${rule.title}'
      description: '${rule.meaning} What to do: ${runbookUrl}#${rule.name}'
      enabled: true
      severity: rule.severity
      scopes: [
        workspaceId
      ]
      evaluationFrequency: rule.frequency
      windowSize: rule.window
      autoMitigate: true
      // On the first deployment the tables do not exist yet.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: rule.query
            metricMeasureColumn: rule.column
            timeAggregation: 'Maximum'
            dimensions: empty(rule.splitBy)
              ? []
              : [
                  {
                    name: rule.splitBy
                    operator: 'Include'
                    values: [
                      '*'
                    ]
                  }
                ]
            operator: 'GreaterThan'
            threshold: rule.threshold
            failingPeriods: {
              numberOfEvaluationPeriods: rule.periods
              minFailingPeriodsToAlert: rule.failingPeriods
            }
          }
        ]
      }
      actions: {
        actionGroups: concat(empty(email) ? [] : [mail.id], empty(actionGroupId) ? [] : [actionGroupId])
        customProperties: {
          runbook: '${runbookUrl}#${rule.name}'
        }
      }
    }
  }
]
