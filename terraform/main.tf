module "project" {
  source  = "./modules/project"
  project = var.project
  traces  = var.traces
}

module "identity" {
  source    = "./modules/identity"
  project   = module.project.id
  functions = toset(keys(local.functions))
  uses      = local.uses
  number    = module.project.number
  vault     = var.vault
  traces    = var.traces
}

module "storage" {
  source         = "./modules/storage"
  project        = module.project.id
  location       = coalesce(var.bucket_location, var.region)
  region         = var.region
  accounts       = { for name in local.uses.blobs : name => module.identity.functions[name] }
  upload_origins = concat(var.upload_origins, var.domain == "" ? [] : ["https://${var.domain}"])
}

module "firestore" {
  source    = "./modules/firestore"
  project   = module.project.id
  location  = coalesce(var.firestore_location, var.region)
  protected = var.protected
  indexes   = jsondecode(file("${local.shared}/indexes.json"))
  expiring  = jsondecode(file("${local.shared}/ttl.json"))
  unindexed = jsondecode(file("${local.shared}/unindexed.json"))
}

module "secrets" {
  source  = "./modules/secrets"
  project = module.project.id
  names   = toset(keys(local.names.secrets))
  readers = merge([
    for function, secrets in local.secrets : {
      for secret in secrets : "${secret} ${function}" => { secret = secret, account = module.identity.functions[function] }
    }
  ]...)
  sealers = { for name in local.uses.vault : name => module.identity.functions[name] }
}

module "queues" {
  source  = "./modules/queues"
  project = module.project.id
  region  = var.region
  queues  = toset(local.names.queues)
}

module "functions" {
  source           = "./modules/functions"
  project          = module.project.id
  region           = var.region
  functions        = local.functions
  accounts         = module.identity.functions
  invoker          = module.identity.invoker
  builder          = module.identity.builder
  bundles          = var.bundles
  bucket           = module.storage.bundles
  environment      = local.environment
  secrets          = local.secrets
  min_instances    = var.min_instances
  max_instances    = merge({ for name in keys(local.functions) : name => var.default_max_instances }, var.max_instances)
  internal_ingress = var.internal_ingress
  public_ingress   = var.domain == "" ? "ALLOW_ALL" : "ALLOW_INTERNAL_AND_GCLB"

  depends_on = [module.secrets]
}

module "topics" {
  source        = "./modules/topics"
  project       = module.project.id
  number        = module.project.number
  topics        = toset(local.names.topics)
  subscriptions = { for name, row in local.functions : name => row if row.trigger == "event" }
  functions_url = local.functions_url
  invoker       = module.identity.invoker
  publishers    = { for name in local.uses.bus : name => module.identity.functions[name] }

  depends_on = [module.functions]
}

module "schedule" {
  source        = "./modules/schedule"
  project       = module.project.id
  region        = var.region
  jobs          = { for name, row in local.functions : name => row if row.trigger == "schedule" }
  functions_url = local.functions_url
  invoker       = module.identity.invoker

  depends_on = [module.functions]
}

module "edge" {
  source              = "./modules/edge"
  count               = var.domain == "" ? 0 : 1
  project             = module.project.id
  region              = var.region
  domain              = var.domain
  services            = { for name, row in local.functions : name => module.functions.services[name] if row.trigger == "http" }
  requests_per_minute = var.requests_per_minute
}

module "watch" {
  source     = "./modules/watch"
  project    = module.project.id
  emails     = var.alert_emails
  services   = module.functions.services
  dead       = module.topics.dead
  review     = module.topics.review
  public_url = local.public_url
}
