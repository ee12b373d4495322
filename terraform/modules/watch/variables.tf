variable "project" {
  description = "The project's id."
  type        = string
}

variable "emails" {
  description = "Who is written to."
  type        = set(string)
}

variable "services" {
  description = "The Cloud Run service of each function."
  type        = map(string)
}

variable "dead" {
  description = "The topics of messages that could not be delivered; each has a subscription {topic}-kept."
  type        = set(string)
}

variable "public_url" {
  description = "The installation's address, for the dashboard's title."
  type        = string
}

variable "review" {
  description = "The subscription that keeps what a person has to look at."
  type        = string
}
