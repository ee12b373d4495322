variable "project" {
  description = "The project's id."
  type        = string
}

variable "region" {
  description = "Where the functions run."
  type        = string
}

variable "functions" {
  description = "functions/manifest.json by name."
  type = map(object({
    folder          = string
    entry_point     = string
    trigger         = string
    memory          = string
    cpu             = number
    concurrency     = number
    timeout_seconds = number
  }))
}

variable "accounts" {
  description = "Each function's service account."
  type        = map(string)
}

variable "invoker" {
  description = "The service account that calls internal functions."
  type        = string
}

variable "builder" {
  description = "The service account that builds, by its full name."
  type        = string
}

variable "bundles" {
  description = "Folder with a zip for each folder of functions."
  type        = string
}

variable "bucket" {
  description = "The bucket that bundles are uploaded to."
  type        = string
}

variable "environment" {
  description = "Each function's environment variables that are no secrets."
  type        = map(map(string))
}

variable "secrets" {
  description = "Names of the secrets that each function is given, as environment variables of the same names."
  type        = map(list(string))
}

variable "min_instances" {
  description = "Instances that stay warm, by function; 0 where not named."
  type        = map(number)
}

variable "max_instances" {
  description = "Instances at most, by function."
  type        = map(number)
}

variable "public_ingress" {
  description = "Who may reach the public functions: ALLOW_ALL, or through the load balancer only."
  type        = string
}

variable "internal_ingress" {
  description = "Who may reach the other functions."
  type        = string
}
