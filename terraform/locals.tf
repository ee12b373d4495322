# Everything that the code says already is read from it: functions, triggers and ports from the manifest, indexes and what
# expires from the store's declarations, names of queues, topics and secrets from what `make generate` writes.
locals {
  shared    = "${path.module}/../shared/backends"
  manifest  = jsondecode(file("${path.module}/../functions/manifest.json"))
  functions = { for row in local.manifest : row.name => row }
  names     = jsondecode(file("${path.module}/rostrum.json"))

  # The form of URL that a function keeps: tasks are sent to {functions_url}/{name}.
  functions_url = "https://${var.region}-${var.project}.cloudfunctions.net"
  public_url    = var.domain == "" ? "${local.functions_url}/api" : "https://${var.domain}"
  # Where networks deliver: a load balancer sends /webhooks/ to ingest; without one it is a function with an address of its own.
  webhooks_url = var.domain == "" ? "${local.functions_url}/ingest" : local.public_url

  uses = {
    for port in ["store", "queue", "bus", "vault", "blobs", "apps", "identity", "payments"] :
    port => toset([for name, row in local.functions : name if contains(row.ports, port)])
  }

  # Who is told a setting or a secret of which kind.
  told = {
    apps     = local.uses.apps
    webhooks = toset([for name in local.uses.apps : name if local.functions[name].folder == "webhook_ingest"])
    identity = local.uses.identity
    payments = local.uses.payments
    all      = toset(keys(local.functions))
  }

  kind_of_setting = {
    for name in keys(var.settings) : name => (
      can(regex("^(GOOGLE_SIGNIN_|SIGNIN_|JWT_)", name)) ? "identity" :
      startswith(name, "STRIPE_") ? "payments" :
      can(regex("^(${join("|", local.names.stems)})_", name)) ? "apps" : "all"
    )
  }

  environment = {
    for name in keys(local.functions) : name => merge(
      { for setting, value in var.settings : setting => value if contains(local.told[local.kind_of_setting[setting]], name) },
      {
        ROSTRUM_BACKEND       = "gcp"
        GOOGLE_CLOUD_PROJECT  = var.project
        ROSTRUM_REGION        = var.region
        ROSTRUM_FUNCTIONS_URL = local.functions_url
        ROSTRUM_FUNCTION      = name
        ROSTRUM_INVOKER       = module.identity.invoker
        ROSTRUM_BUCKET        = module.storage.media
        ROSTRUM_VAULT         = var.vault
        ROSTRUM_KEYRING       = module.secrets.keyring
        PUBLIC_URL            = local.public_url
        WEBHOOKS_URL          = local.webhooks_url
        DEFAULT_PLAN          = var.default_plan
      },
      var.traces ? { OTEL_EXPORTER_OTLP_ENDPOINT = "https://telemetry.googleapis.com" } : {},
    )
  }

  secrets = {
    for name in keys(local.functions) : name => sort([
      for secret in var.secrets_in_use : secret if contains(local.told[local.names.secrets[secret]], name)
    ])
  }
}
