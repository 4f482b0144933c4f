using BuildingBlocks.Modules;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Notifications.Mailing;

/// <summary>
/// Puts mails into a folder, from where a mail server may pick them up or a developer read them. A file is named after
/// the mail's Message-Id and is there whole or not at all, so that a repeated mail takes the place of the first.
/// </summary>
internal sealed class PickupMailer(IOptions<NotificationsOptions> options, ModuleFiles files) : IMailer
{
    public string Transport => "pickup";

    public async Task SendAsync(MimeMessage mail, CancellationToken cancellationToken)
    {
        var folder = MakeFolder(options.Value.PickupFolder ?? Path.Combine(files.Folder, "notifications", "mails"));
        var file = Path.Combine(folder, $"{mail.MessageId!.Split('@')[0]}.eml");
        var unfinished = $"{file}.{Guid.CreateVersion7():N}.part";
        try
        {
            await mail.WriteToAsync(unfinished, cancellationToken);
            File.Move(unfinished, file, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>Mails are nobody else's to read.</summary>
    private static string MakeFolder(string folder) =>
        OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(folder).FullName
            : Directory
                .CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)
                .FullName;
}
