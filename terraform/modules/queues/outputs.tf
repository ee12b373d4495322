output "names" {
  description = "The queues that there are."
  value       = toset(keys(google_cloud_tasks_queue.this))
}
