using DenseNetSharp.Classification;
using DenseNetSharp.Datasets;

namespace DenseNetSharp.Core.Tests.Datasets;

/// <summary>The tables that data sets come with, some lines of each as they are, beside images where the data sets have them.</summary>
public class KnownTableTests
{
    [Theory]
    [InlineData(
        "no option but what is unknown",
        "CheXpert-v1.0-small/train/patient00001/study1/view1_frontal.jpg CheXpert-v1.0-small/train/patient00002/study2/view1_frontal.jpg",
        "No Finding|Cardiomegaly|Edema", "1?|?2",
        "Path,Sex,Age,Frontal/Lateral,AP/PA,No Finding,Cardiomegaly,Edema",
        "CheXpert-v1.0-small/train/patient00001/study1/view1_frontal.jpg,Female,68,Frontal,AP,,1.0,-1.0",
        "CheXpert-v1.0-small/train/patient00002/study2/view1_frontal.jpg,Female,87,Frontal,AP,0.0,-1.0,1.0")]
    [InlineData(
        "no option", "images_001/images/00000001_000.png images_001/images/00000001_001.png images_002/images/00000002_000.png",
        "Cardiomegaly|Emphysema", "0|01|",
        "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y],",
        "00000001_000.png,Cardiomegaly,0,1,058Y,M,PA,2682,2749,0.143,0.143,",
        "00000001_001.png,Cardiomegaly|Emphysema,1,1,058Y,M,PA,2894,2729,0.143,0.143,",
        "00000002_000.png,No Finding,0,2,081Y,M,PA,2500,2048,0.171,0.171,")]
    [InlineData(
        "no option", "0/20536686640136348236_k6ga29.png 0/13580341550492351507_fzis7d.png 1/11385534377421603110_3k951l.png",
        "cardiomegaly|d'Arcy|normal", "2|01|",
        ",ImageID,ImageDir,StudyID,PatientID,PatientSex_DICOM,Pediatric,Report,MethodLabel,Labels,Localizations",
        "0,20536686640136348236_k6ga29.png,0,2053668,839860488694292331637,F,No,sin hallazgos,Physician,['normal'],[]",
        "1,13580341550492351507_fzis7d.png,0,1358034,313572750430997347502,M,No,\"ima, gen\",Physician,\"['cardiomegaly', \"\"d'Arcy\"\"]\",[]",
        "2,11385534377421603110_3k951l.png,0,1138553,507830935279018181159,M,No,x,Physician,[],[]")]
    [InlineData(
        "no option", "HAM10000_images_part_1/ISIC_0027419.jpg HAM10000_images_part_1/ISIC_0025030.jpg HAM10000_images_part_2/ISIC_0026769.jpg",
        "bkl|nv", "0|0|1",
        "lesion_id,image_id,dx,dx_type,age,sex,localization",
        "HAM_0000118,ISIC_0027419,bkl,histo,80.0,male,scalp",
        "HAM_0000118,ISIC_0025030,bkl,histo,80.0,male,scalp",
        "HAM_0002730,ISIC_0026769,nv,histo,,unknown,scalp")]
    [InlineData(
        "no option", "0004cfab-14fd-4e49-80ba-63a80b6bddd6.png 00436515-870c-4b36-a041-de91049b9ab4.png", "Target", "|0",
        "patientId,x,y,width,height,Target",
        "0004cfab-14fd-4e49-80ba-63a80b6bddd6,,,,,0",
        "00436515-870c-4b36-a041-de91049b9ab4,264.0,152.0,213.0,379.0,1",
        "00436515-870c-4b36-a041-de91049b9ab4,562.0,152.0,256.0,453.0,1")]
    [InlineData(
        "multiclass", "0004cfab-14fd-4e49-80ba-63a80b6bddd6.png 00436515-870c-4b36-a041-de91049b9ab4.png", "0|1", "0|1",
        "patientId,x,y,width,height,Target",
        "0004cfab-14fd-4e49-80ba-63a80b6bddd6,,,,,0",
        "00436515-870c-4b36-a041-de91049b9ab4,264.0,152.0,213.0,379.0,1")]
    [InlineData(
        "no option", "0004cfab-14fd-4e49.png 00436515-870c-4b36.png 003d8fa0-6bf1-40ed.png",
        "Lung Opacity|No Lung Opacity / Not Normal|Normal", "1|0|2",
        "patientId,class",
        "0004cfab-14fd-4e49,No Lung Opacity / Not Normal",
        "00436515-870c-4b36,Lung Opacity",
        "003d8fa0-6bf1-40ed,Normal")]
    [InlineData(
        "no option", "ISIC_0000000.jpg ISIC_0000001.jpg ISIC_0000002.jpg", "benign|malignant", "0|0|1",
        "ISIC_0000000,benign",
        "ISIC_0000001,benign",
        "ISIC_0000002,malignant")]
    [InlineData(
        "multiclass", "ISIC2018_Task3_Training_Input/ISIC_0024306.jpg ISIC2018_Task3_Training_Input/ISIC_0024307.jpg", "MEL|NV|BCC", "1|0",
        "image,MEL,NV,BCC",
        "ISIC_0024306,0.0,1.0,0.0",
        "ISIC_0024307,1.0,0.0,0.0")]
    [InlineData(
        "label column target", "train/ISIC_2637011.jpg train/ISIC_0015719.jpg train/ISIC_0052212.jpg", "target", "|0|",
        "image_name,patient_id,sex,age_approx,anatom_site_general_challenge,diagnosis,benign_malignant,target",
        "ISIC_2637011,IP_7279968,male,45.0,head/neck,unknown,benign,0",
        "ISIC_0015719,IP_3075186,female,45.0,upper extremity,melanoma,malignant,1",
        "ISIC_0052212,IP_2842074,female,50.0,lower extremity,nevus,benign,0")]
    public void Known_tables_are_read_by_their_columns_or_one_option(string option, string files, string classes, string images, params string[] lines)
    {
        using var folder = new TemporaryFolder();
        foreach (var file in files.Split(' '))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.File(file))!);
            File.WriteAllText(folder.File(file), "");
        }

        var table = folder.File("table.csv");
        File.WriteAllLines(table, lines);

        var data = LabelTable.Load(table, option switch
        {
            "no option" => new(),
            "multiclass" => new() { Task = ClassificationTask.Multiclass },
            "label column target" => new() { LabelColumns = ["target"] },
            _ => new() { Uncertain = UnknownLabel.Ignore, Blank = UnknownLabel.Zero },
        });

        data.ClassNames.Should().Equal(classes.Split('|'));
        data.Images.Select(image => image.Path).Should().Equal(files.Split(' ').Select(folder.File));
        // Classes, and a question mark for one that is not known, in the order of their indices.
        string.Join('|', data.Images.Select(image => string.Concat(Enumerable.Range(0, classes.Length)
            .Select(i => image.Classes.Contains(i) ? $"{i}" : image.Unknown.Contains(i) ? "?" : "")))).Should().Be(images);
    }

    [Fact]
    public void A_folder_that_was_renamed_is_found_below_the_paths_first_name_and_that_is_said()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("train"));
        File.WriteAllText(folder.File("train/1.jpg"), "");
        File.WriteAllText(folder.File("train.csv"), "Path,Edema\nCheXpert-v1.0-small/train/1.jpg,1.0\n");
        var said = new List<string>();

        LabelTable.Load(folder.File("train.csv"), new LabelTableOptions { OnRemark = said.Add }).Images[0].Path.Should().Be(folder.File("train/1.jpg"));

        said.Should().Equal("paths begin with CheXpert-v1.0-small, which is left out: the rest is there");
    }
}
