variable "project" {
  description = "The project's id."
  type        = string
}

variable "region" {
  description = "Where the queues are."
  type        = string
}

variable "queues" {
  description = "Names of all queues; what stands before the first hyphen says which limits one has."
  type        = set(string)
}
