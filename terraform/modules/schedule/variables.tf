variable "project" {
  description = "The project's id."
  type        = string
}

variable "region" {
  description = "Where the schedule is kept."
  type        = string
}

variable "jobs" {
  description = "Rows of the manifest that run on schedule, by function."
  type        = map(object({ schedule = string, timeout_seconds = number }))
}

variable "functions_url" {
  description = "A function's URL without its name."
  type        = string
}

variable "invoker" {
  description = "The service account whose tokens the calls carry."
  type        = string
}
