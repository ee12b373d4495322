variable "project" {
  description = "The project's id."
  type        = string
}

variable "number" {
  description = "The project's number, by which Pub/Sub's own account is named."
  type        = string
}

variable "topics" {
  description = "The topics that the code publishes to."
  type        = set(string)
}

variable "subscriptions" {
  description = "Rows of the manifest that a topic calls, by function."
  type        = map(object({ topic = string, dead_letter = optional(string), timeout_seconds = number }))
}

variable "functions_url" {
  description = "A function's URL without its name."
  type        = string
}

variable "invoker" {
  description = "The service account whose tokens pushes carry."
  type        = string
}

variable "publishers" {
  description = "Service accounts of the functions that publish."
  type        = map(string)
}
