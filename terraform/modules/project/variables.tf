variable "project" {
  description = "The project's id."
  type        = string
}

variable "traces" {
  description = "Whether traces are sent to Cloud Trace."
  type        = bool
}
