variable "project" {
  description = "The project's id."
  type        = string
}

variable "names" {
  description = "Names of the settings that are secrets; a secret is called as its setting."
  type        = set(string)
}

variable "readers" {
  description = "Which account may read which secret, under any key."
  type        = map(object({ secret = string, account = string }))
}

variable "sealers" {
  description = "Service accounts of the functions that seal and open tokens."
  type        = map(string)
}
