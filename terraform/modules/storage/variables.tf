variable "project" {
  description = "The project's id."
  type        = string
}

variable "location" {
  description = "Where media lie."
  type        = string
}

variable "region" {
  description = "Where the functions are, and their bundles with them."
  type        = string
}

variable "accounts" {
  description = "Service accounts of the functions that read and write media."
  type        = map(string)
}

variable "upload_origins" {
  description = "Origins of pages that upload to signed URLs; none: no CORS at all."
  type        = list(string)
}
