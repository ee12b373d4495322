variable "project" {
  description = "The project's id."
  type        = string
}

variable "number" {
  description = "The project's number: names of secrets in conditions have it."
  type        = string
}

variable "functions" {
  description = "Names of all functions."
  type        = set(string)
}

variable "uses" {
  description = "Names of the functions that use each port."
  type        = map(set(string))
}

variable "vault" {
  description = "Where sealed tokens lie: secret_manager or store."
  type        = string
}

variable "traces" {
  description = "Whether functions send traces to Cloud Trace."
  type        = bool
}
