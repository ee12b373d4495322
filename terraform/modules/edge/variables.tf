variable "project" {
  description = "The project's id."
  type        = string
}

variable "region" {
  description = "Where the functions run."
  type        = string
}

variable "domain" {
  description = "The host name that callers and networks use."
  type        = string
}

variable "services" {
  description = "The Cloud Run services of the public functions, api and ingest, by function."
  type        = map(string)
}

variable "requests_per_minute" {
  description = "Requests that one address may make of the API in a minute."
  type        = number
}
