variable "project" {
  description = "The Google Cloud project's id. One installation has a project of its own: names in it are fixed, and rights are given project-wide."
  type        = string
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "project: 6 to 30 small letters, digits and hyphens, as Google Cloud's project ids are."
  }
}

variable "region" {
  description = "Where functions, queues and the schedule run (europe-west1)."
  type        = string
  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region: a region's name, such as europe-west1 (not a zone)."
  }
}

variable "firestore_location" {
  description = "Where the documents lie: a region or multi-region of Firestore (eur3, nam5). It cannot be changed later. Empty: the region."
  type        = string
  default     = ""
}

variable "bucket_location" {
  description = "Where media lie: a region or multi-region of Cloud Storage. Empty: the region."
  type        = string
  default     = ""
}

variable "bundles" {
  description = "Folder with the functions' bundles, as `make package` writes them."
  type        = string
  default     = "../build/functions"
}

variable "domain" {
  description = "Host name of the HTTPS load balancer with Cloud Armor (rostrum.example.com). Empty: none; callers then use the function's own URL."
  type        = string
  default     = ""
  validation {
    condition     = var.domain == "" || can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "domain: a host name without https:// and path."
  }
}

variable "requests_per_minute" {
  description = "With a domain: requests that Cloud Armor lets one address make in a minute, before it is refused for a while."
  type        = number
  default     = 1200
  validation {
    condition     = var.requests_per_minute >= 60
    error_message = "requests_per_minute: at least 60."
  }
}

variable "vault" {
  description = "Where sealed tokens lie: secret_manager (a secret per account) or store (cheaper above some hundred accounts)."
  type        = string
  default     = "secret_manager"
  validation {
    condition     = contains(["secret_manager", "store"], var.vault)
    error_message = "vault: secret_manager or store."
  }
}

variable "settings" {
  description = "Settings of docs/settings.md that are no secrets: INSTAGRAM_CLIENT_ID, SIGNIN_ALLOWED, STRIPE_PRICES …"
  type        = map(string)
  default     = {}
  validation {
    condition     = length(setintersection(keys(var.settings), keys(jsondecode(file("${path.module}/rostrum.json")).secrets))) == 0
    error_message = "settings: a secret stands in it. Add it as a version of the secret of that name, and name it in secrets_in_use."
  }
  validation {
    condition     = alltrue([for name in keys(var.settings) : !startswith(name, "ROSTRUM_") && !contains(["PUBLIC_URL", "WEBHOOKS_URL", "PORT", "GOOGLE_CLOUD_PROJECT", "DEFAULT_PLAN"], name)])
    error_message = "settings: ROSTRUM_*, PUBLIC_URL, WEBHOOKS_URL, PORT, GOOGLE_CLOUD_PROJECT and DEFAULT_PLAN are set by the other variables."
  }
}

variable "traces" {
  description = "Send traces to Cloud Trace; needs bundles that can (make deploy TRACES=1). Another collector is named in settings (docs/observability.md)."
  type        = bool
  default     = false
}

variable "secrets_in_use" {
  description = "Names of those secrets that have a version by now: functions are given these (docs/deploy.md, step 5)."
  type        = set(string)
  default     = []
  validation {
    condition     = length(setsubtract(var.secrets_in_use, keys(jsondecode(file("${path.module}/rostrum.json")).secrets))) == 0
    error_message = "secrets_in_use: a name that no setting has; terraform/rostrum.json lists them all."
  }
}

variable "default_plan" {
  description = "The plan of workspaces that nobody pays for (docs/plans.md)."
  type        = string
  default     = "self_hosted"
  validation {
    condition     = contains(["free", "starter", "pro", "agency", "self_hosted"], var.default_plan)
    error_message = "default_plan: free, starter, pro, agency or self_hosted."
  }
}

variable "min_instances" {
  description = "Instances that stay warm, by function. Each costs all month; without any, everything scales to zero."
  type        = map(number)
  default     = {}
}

variable "max_instances" {
  description = "Instances at most, by function; others have default_max_instances."
  type        = map(number)
  default     = {}
}

variable "default_max_instances" {
  description = "Instances at most, of functions that max_instances does not name. It bounds what an attack can cost."
  type        = number
  default     = 10
}

variable "internal_ingress" {
  description = "Who may reach the functions that queue, schedule and bus call: ALLOW_INTERNAL_ONLY (Google's services in this project), or ALLOW_ALL, where IAM and the token alone decide."
  type        = string
  default     = "ALLOW_INTERNAL_ONLY"
  validation {
    condition     = contains(["ALLOW_INTERNAL_ONLY", "ALLOW_ALL"], var.internal_ingress)
    error_message = "internal_ingress: ALLOW_INTERNAL_ONLY or ALLOW_ALL."
  }
}

variable "protected" {
  description = "Whether the database refuses to be deleted, keeps seven days of versions, and is backed up daily. (The buckets and the sealing keys refuse always.)"
  type        = bool
  default     = true
}

variable "upload_origins" {
  description = "Origins of web pages that upload media straight to the bucket (https://app.example.com)."
  type        = list(string)
  default     = []
}

variable "alert_emails" {
  description = "Who is written to when an alert fires."
  type        = set(string)
  default     = []
}
